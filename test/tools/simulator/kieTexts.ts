/** What Kie says, word for word: from its public pages, or as it was seen on the wire. */
export const TEXTS = {
	noAccess: 'You do not have access permissions',
	noCredits: 'Credits insufficient',
	rateLimit: 'Rate limit exceeded',
	flagged: 'Your prompt was flagged by Website as violating content policies.',
	imageFetch:
		'Failed to fetch the image. Kindly verify any access limits set by you or your service provider.',
	invalidModel: 'Invalid model',
	unknownModel:
		'The model name you specified is not supported. Please verify your input and use one of the supported models provided by KIE.',
	tooFast: 'Your call frequency is too high. Please try again later.',
	notFound: 'Task not found',
	wrongUrl: 'url is wrong',
	internalError: 'Internal Error, Please try again later.',
	processing1080p:
		'1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.',
	processing4k: '4k is processing. It should be ready in 5-10 minutes. Please check back shortly.',
	done4k: 'The video has been generated successfully',
	no4k: 'The 4K version of this video is unavailable. Please try a different video.',
	notExtendable: 'Videos generated in 1080P cannot be extended',
	recordNull: 'record is null',
	recordNotSuccess: 'record status is not success',
	recordMissing: 'record result data not exist',
	jobNull: 'recordInfo is null',
	missing: 'Missing required parameter: ',
	uploaded: 'File uploaded successfully',
	uploadKey: 'Authentication failed: Invalid API Key',
	jobDone: 'Playground task completed successfully.',
	jobFailed: 'Playground task failed.',
	allDone: 'All generated successfully.',
	timeout: 'Internal Error - Timeout',
} as const;

/** Success texts of callbacks. */
export const DONE_TEXTS = {
	generate: 'Veo3.1 video generated successfully.',
	extend: 'Veo3.1 video extension successful.',
	get1080p: 'Video generated successfully.',
	get4k: '4K Video generated successfully.',
	runModel: TEXTS.jobDone,
} as const;

/** The texts that go with a bare error code. */
export const CODE_TEXTS = new Map<number, string>([
	[401, TEXTS.noAccess],
	[402, TEXTS.noCredits],
	[404, TEXTS.notFound],
	[429, TEXTS.rateLimit],
	[433, 'The current number of points used by apiKey has exceeded the daily limit'],
	[451, TEXTS.imageFetch],
	[455, 'Service Unavailable - System is currently undergoing maintenance'],
	[500, TEXTS.internalError],
	[501, 'Failed - Video generation task failed'],
	[505, 'Feature Disabled - The requested feature is currently disabled'],
]);
