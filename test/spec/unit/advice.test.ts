import type { FailureReason } from '../../../nodes/KieVeo/kie/meaning/answer';
import { failureAdvice } from '../../../nodes/KieVeo/messages/advice';
import {
	isUpgrade,
	type ModelOperation,
	type TaskOperation,
} from '../../../nodes/KieVeo/operations';
import type { Subject } from '../../../nodes/KieVeo/taskResult';

/* Every advice about a failure, read for each kind of order. */

const AGAIN = 'Then generate the video again';
const IN_4K =
	'The base video is not affected. Running Get 4K Video again is a new order, which may be billed.';
const EXTENDED =
	'The original is still available. Running Extend again is a new order, which may be billed.';
const LATER = 'which need not be about the prompt.';

type VideoOperation = Exclude<TaskOperation, ModelOperation | 'get1080p'>;

/** What each one must say; `null`: the reason cannot be that of this order, and any advice will do. */
const SAYS: Record<FailureReason, { [Name in VideoOperation]: string | null }> = {
	contentFilter: {
		generate: `refused the prompt or an image: change it. ${AGAIN}`,
		extend: `refused the prompt or an image: change it. ${EXTENDED}`,
		get4k: 'refused this video. The base video is not affected.',
		get: 'The content filter refused this video.',
	},
	timeout: {
		generate: `its own time limit. ${AGAIN}, with small JPEG images.`,
		extend: `its own time limit. ${EXTENDED}`,
		get4k: `its own time limit. ${IN_4K}`,
		get: 'Kie.ai gave up on this video after its own time limit.',
	},
	upstream: {
		generate: `${LATER} ${AGAIN} later, with small JPEG images.`,
		extend: `${LATER} ${EXTENDED}`,
		get4k: `${LATER} ${IN_4K}`,
		get: LATER,
	},
	taskFailed: {
		generate: `https://kie.ai/logs for the reason. ${AGAIN}.`,
		extend: `https://kie.ai/logs for the reason. ${EXTENDED}`,
		get4k: `https://kie.ai/logs for the reason. ${IN_4K}`,
		get: 'See https://kie.ai/logs for the reason.',
	},
	other: {
		generate: 'Look up task veo_1 in the logs at https://kie.ai/logs.',
		extend: 'https://kie.ai/logs. The original is still available.',
		get4k: 'https://kie.ai/logs. The base video is not affected.',
		get: 'Look up task veo_1 in the logs at https://kie.ai/logs.',
	},
	unavailable: {
		generate: 'Kie.ai could not make this video.',
		extend: 'Kie.ai could not make this video. The original is still available.',
		get4k: 'a 4K version of this video. Get 1080P Video may work. The base video is not affected.',
		get: 'Kie.ai could not make this video.',
	},
	baseNotFinished: {
		generate: null,
		extend: 'once it has succeeded, run the node again.',
		get4k: 'Check it with Get, which is free; once it has succeeded, run the node again.',
		get: 'Run Get again later: it is free.',
	},
	noFile: {
		generate: 'Run Get later: it is free.',
		extend: 'Run Get later: it is free.',
		get4k: "Check 'Task ID' and 'Index'.",
		get: 'Run Get later: it is free.',
	},
	unknownTask: {
		generate: "Check 'Task ID'",
		extend: "Check 'Task ID'",
		get4k: "Check 'Task ID', and that the credential belongs to the account",
		get: "Check 'Task ID', and that the credential belongs to the account",
	},
	reordered: {
		generate: null,
		extend: null,
		get4k: 'The new order may be billed. Run Get 4K Video again with task ID veo_1 and index 0',
		get: null,
	},
	englishOnly: {
		generate: "Switch on 'Enable Translation' under Options",
		extend: 'Write the prompt in English.',
		get4k: null,
		get: 'Write the prompt in English.',
	},
	retention: everyone('Kie.ai keeps videos for 14 days only.'),
	imageFetch: everyone("set 'Image Source' to Binary"),
	invalidModel: everyone("Check 'Model'."),
	invalidInput: everyone('Check the field that Kie.ai names. Nothing was started.'),
	callbackRequired: everyone("Use 'Wait for Callback'"),
	upgradedBefore: everyone('Extend first, then upgrade.'),
	credits: everyone('Top up the balance at https://kie.ai'),
	noAudio: everyone('Describe a sound, music or a spoken line in the prompt'),
};

function everyone(advice: string): { [Name in VideoOperation]: string } {
	return { generate: advice, extend: advice, get4k: advice, get: advice };
}

const rows = (Object.keys(SAYS) as FailureReason[]).flatMap((reason) => {
	const { get4k } = SAYS[reason];
	const get1080p = get4k?.replace('Get 1080P Video may work. ', '').replaceAll('4K', '1080P');
	return Object.entries({ ...SAYS[reason], get1080p }).map(
		([operation, says]) => [reason, operation as TaskOperation, says ?? ''] as const,
	);
});

it.each<[reason: FailureReason, running: string, reading: string]>([
	['contentFilter', 'change it. Then run the model again.', 'refused this task.'],
	['timeout', 'gave up on this task after its own time limit. Then run the model', 'on this task'],
	['taskFailed', 'for the reason. Then run the model again.', 'for the reason.'],
	['imageFetch', 'a file of the input. Its URL must open without a login', 'a file of the input.'],
	['englishOnly', 'Write the prompt in English.', 'Write the prompt in English.'],
	['noFile', 'Run Get Task later: it is free.', 'Run Get Task later: it is free.'],
	['unknownTask', 'is read with Veo Video > Get.', 'is read with Veo Video > Get.'],
])('the advice about %s of any model calls it a task', (reason, running, reading) => {
	const subject = { taskId: 'a', index: null };
	expect(failureAdvice({ ...subject, operation: 'runModel' }, reason)).toContain(running);
	const advice = failureAdvice({ ...subject, operation: 'getTask' }, reason);
	expect(advice).toContain(reading);
	expect(advice).not.toContain('again');
});

describe('the advice about', () => {
	it.each(rows)('%s of %s', (reason, operation, says) => {
		const index = isUpgrade(operation) ? 0 : null;
		const subject: Subject = { operation, taskId: 'veo_1', index };
		const advice = failureAdvice(subject, reason);
		expect(advice).toContain(says);
		// What exists is not to be paid for again.
		if (operation !== 'generate') expect(advice).not.toMatch(/generate (it|the video) again/i);
		expect(advice).toBe(advice.trim());
		expect(advice).toMatch(/\.$/);
	});

	it('an order that started nothing says so, or what to check', () => {
		const order: Subject = { operation: 'generate', taskId: null, index: null };
		expect(failureAdvice(order, 'other')).toBe(
			'Check the parameters of the node. Nothing was started.',
		);
		expect(failureAdvice(order, 'unknownTask')).toContain("Check 'Base URL'");
		const job: Subject = { operation: 'get4k', taskId: 'veo_1', ownTaskId: 'job', index: 0 };
		expect(failureAdvice(job, 'other')).toContain('Look up task job in the logs');
	});
});
