/*
 * Every operation, in one place. The panel, the subtitle, callback addresses, the trigger's events, messages and
 * output derive from this table. Elsewhere an operation is only the key of a few tables, such as that of its
 * requests; where it needs an entry, the compiler asks for one.
 */

/** What is true of an operation everywhere. */
interface Operation {
	resource: 'video' | 'task' | 'file' | 'account';
	/** The panel's initial operation. */
	isDefault?: true;
	/** As the panel shows it. */
	label: string;
	description: string;
	/** As n8n's node list shows it. */
	action: string;
	/** What a model has to know before it uses the operation: what it costs, and what comes next. */
	forAgents: string;
	/** What it returns, as used in a sentence. Only operations that return the result of a task have one. */
	noun?: string;
	/** Each item starts, and pays for, its own task. */
	creates?: true;
	/** Upgrades a finished video to this resolution. */
	upgradesTo?: '4k' | '1080p';
	/** Kie reports its end to an address. The trigger's events are named after this. */
	event?: string;
	/** Minutes after which Kie's report is overdue: slightly more than it usually takes. */
	usualMinutes?: number;
	/** How the trigger presents the event, unless another operation already does. */
	reports?: { byDefault?: true } & Record<
		'success' | 'failed',
		{ label: string; description: string }
	>;
	/** The result has a whole video besides the new part. */
	givesWhole?: true;
}

export const OPERATIONS = {
	download: {
		resource: 'video',
		label: 'Download',
		description: 'Download a video from its URL into a binary field; free of charge',
		action: 'Download video',
		forAgents: 'Download a result file of Kie.ai, such as a video, from its URL. Costs nothing.',
	},
	extend: {
		resource: 'video',
		label: 'Extend',
		description: 'Extend an existing video; uses credits',
		action: 'Extend video',
		forAgents:
			'Make a Veo video longer: continue the video of a taskId as the prompt says. Costs credits: call it once per extension, and not again because the answer says "processing". The answer has a new taskId. Takes several minutes.',
		noun: 'extended video',
		creates: true,
		event: 'generate',
		usualMinutes: 15,
		givesWhole: true,
	},
	generate: {
		resource: 'video',
		label: 'Generate',
		description: 'Create a new video from a prompt and optional images; uses credits',
		action: 'Generate video',
		forAgents:
			'Generate a new Veo 3.1 video with sound from a prompt. Costs credits: call it once per video, and not again because the answer says "processing". Keep the taskId of the answer to get the video with. Takes 2 to 5 minutes.',
		noun: 'video',
		creates: true,
		event: 'generate',
		usualMinutes: 8,
		reports: {
			success: {
				label: 'Video Generated',
				description: 'A video ordered with Generate or Extend is ready',
			},
			failed: {
				label: 'Generation Failed',
				description: 'Kie.ai could not make a video ordered with Generate or Extend',
			},
		},
	},
	get: {
		resource: 'video',
		label: 'Get',
		description: 'Get the state and URLs of a generated or extended video; free of charge',
		action: 'Get video status and URLs',
		forAgents:
			'Get the state of a generated or extended Veo video by its taskId. Costs nothing. With status "processing" there is no video yet: ask again later with the same taskId. With "success", videoUrl is its address.',
		noun: 'video',
		givesWhole: true,
	},
	get1080p: {
		resource: 'video',
		label: 'Get 1080P Video',
		description: 'Upgrade a generated Veo video to 1080P and get its URL; uses credits',
		action: 'Get 1080P video',
		forAgents:
			'Upgrade a finished Veo video to 1080P by its taskId. Costs credits: call it once per video. Takes 1 to 3 minutes. The video cannot be extended afterwards.',
		noun: '1080P video',
		upgradesTo: '1080p',
		event: 'get1080p',
		usualMinutes: 5,
		reports: {
			success: {
				label: '1080P Video Ready',
				description:
					'A video ordered with Get 1080P Video is ready (with the Unified Jobs API only)',
			},
			failed: {
				label: '1080P Upgrade Failed',
				description:
					'Kie.ai could not make the 1080P version; the base video is still available (with the Unified Jobs API only)',
			},
		},
	},
	get4k: {
		resource: 'video',
		isDefault: true,
		label: 'Get 4K Video',
		description: 'Upgrade a generated Veo video to 4K and get its URL; uses credits',
		action: 'Get 4K video',
		forAgents:
			'Upgrade a finished Veo video to 4K by its taskId. Costs credits: call it once per video. Takes 5 to 10 minutes.',
		noun: '4K video',
		upgradesTo: '4k',
		event: 'get4k',
		usualMinutes: 12,
		reports: {
			success: {
				label: '4K Video Ready',
				description: 'A video ordered with Get 4K Video is ready',
			},
			failed: {
				label: '4K Upgrade Failed',
				description: 'Kie.ai could not make the 4K version; the base video is still available',
			},
			byDefault: true,
		},
	},
	getCredits: {
		resource: 'account',
		isDefault: true,
		label: 'Get Credits',
		description: 'Get the credit balance of the Kie.ai account',
		action: 'Get credits',
		forAgents: 'Get the number of credits left on the Kie.ai account. Costs nothing.',
	},
	getModel: {
		resource: 'task',
		label: 'Get Model',
		description: 'Get the title, price and input fields of a model; free of charge',
		action: 'Get the input fields of a model',
		forAgents:
			'Get what a model of Kie.ai takes as input, by its model ID, such as google/nano-banana: its fields with types, choices and limits, and its price. Costs nothing. Call it before Run a Model.',
	},
	getTask: {
		resource: 'task',
		label: 'Get Task',
		description: 'Get the state, files and result of a task of any model; free of charge',
		action: 'Get the state and result of a task',
		forAgents:
			'Get the state of a task that Run a Model has started, by its taskId. Costs nothing. With status "processing" it is not finished: ask again later with the same taskId. With "success", fileUrls are the addresses of its files, and result is all that the model gave.',
		noun: 'result',
	},
	runModel: {
		resource: 'task',
		isDefault: true,
		label: 'Run a Model',
		description:
			'Run any of the models that Kie.ai offers, for images, videos, speech, music and more; uses credits',
		action: 'Run a model (uses credits)',
		forAgents:
			'Run one of the models of Kie.ai by its model ID, such as google/nano-banana, with the input that this model takes, as a JSON object. Costs credits: call it once per result, and not again because the answer says "processing". Keep the taskId of the answer to get the result with. Takes from seconds to several minutes.',
		noun: 'result',
		creates: true,
		event: 'task',
		usualMinutes: 10,
		reports: {
			success: {
				label: 'Task Finished',
				description: 'A task of any other model is finished',
			},
			failed: {
				label: 'Task Failed',
				description: 'Kie.ai could not finish a task of any other model',
			},
		},
	},
	upload: {
		resource: 'file',
		isDefault: true,
		label: 'Upload',
		description: 'Upload a binary file to Kie.ai, as input of a model; free of charge',
		action: 'Upload a file',
		forAgents:
			'Upload a binary file of the workflow to Kie.ai, and get the fileUrl under which a model can read it for about a day. Costs nothing.',
	},
} as const satisfies { [name: string]: Operation };

/** A stored parameter, or the name in a callback address. */
export type OperationName = keyof typeof OPERATIONS;

/** In alphabetical order. */
export const NAMES = Object.keys(OPERATIONS) as OperationName[];

type NamesWith<Trait> = {
	[Name in OperationName]: (typeof OPERATIONS)[Name] extends Trait ? Name : never;
}[OperationName];

/** The operations that return the result of a task: a video, or whatever a model gives. */
export type TaskOperation = NamesWith<{ noun: string }>;
/** Those of them that are about a job of any model. */
export type ModelOperation = NamesWith<{ noun: string; resource: 'task' }>;
/** The operations that create a new task each time they run. */
export type Creation = NamesWith<{ creates: true }>;
/** Those of them that make a video. */
export type VideoCreation = Exclude<Creation, ModelOperation>;
/** The upgrades of a finished video. */
export type Upgrade = NamesWith<{ upgradesTo: string }>;
/** The operations whose end Kie reports to an address. */
export type CallingBack = NamesWith<{ event: string }>;

/** What is true of an operation, with `undefined` for traits it does not have. */
export function traitsOf(name: OperationName): Operation {
	return OPERATIONS[name];
}

/** All operations with a trait. */
export function namesWith(trait: 'creates' | 'event' | 'upgradesTo'): OperationName[] {
	return NAMES.filter((name) => traitsOf(name)[trait] !== undefined);
}

export function isUpgrade(name: OperationName): name is Upgrade {
	return traitsOf(name).upgradesTo !== undefined;
}

export function isCreation(name: OperationName): name is Creation {
	return traitsOf(name).creates === true;
}

/** @param name of unknown origin */
export function isOfAnyModel(name: unknown): name is ModelOperation {
	return givesResult(name) && traitsOf(name).resource === 'task';
}

/** @param name of unknown origin */
export function givesResult(name: unknown): name is TaskOperation {
	return NAMES.some((known) => known === name && traitsOf(known).noun !== undefined);
}

/** @param name of unknown origin */
export function isCallingBack(name: unknown): name is CallingBack {
	return namesWith('event').some((known) => known === name);
}

/** An expression that returns the label of the selected operation. */
export function operationSubtitle(): string {
	const labels = NAMES.map((name) => `${name}: ${JSON.stringify(OPERATIONS[name].label)}`);
	return `={{ { ${labels.join(', ')} }[$parameter["operation"]] }}`;
}

/** The events of the trigger: every end that Kie reports, such as `get4k.success`. */
export const EVENTS = NAMES.flatMap((name) => {
	const { event, reports } = traitsOf(name);
	if (event === undefined || reports === undefined) return [];
	return (['success', 'failed'] as const).map((end) => ({
		name: reports[end].label,
		value: `${event}.${end}`,
		description: reports[end].description,
		byDefault: reports.byDefault === true,
	}));
});
