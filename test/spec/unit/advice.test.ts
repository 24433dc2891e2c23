import type { FailureReason } from '../../../nodes/KieVeo/kie/meaning/answer';
import { failureAdvice } from '../../../nodes/KieVeo/messages/advice';
import { isCreation, isUpgrade, type TaskOperation } from '../../../nodes/KieVeo/operations';
import type { Subject } from '../../../nodes/KieVeo/taskResult';

const IN_4K =
	'The base video is not affected. Running Get 4K Video again is a new order, which may be billed.';
const EXTENDED =
	'The original is still available. Running Extend again is a new order, which may be billed.';
const LATER = 'which need not be about the prompt.';
const MODEL_AGAIN = 'Then run the model again.';

/** Where the advice depends on the order. For one order each of them stands whole in docs/errors.md. */
const SAYS: Record<FailureReason, { [Name in TaskOperation]?: string }> = {
	contentFilter: {
		extend: `refused the prompt or an image: change it. ${EXTENDED}`,
		get4k: 'refused this video. The base video is not affected.',
		get: 'The content filter refused this video.',
		runModel: `change it. ${MODEL_AGAIN}`,
		getTask: 'refused this task.',
	},
	timeout: {
		extend: `its own time limit. ${EXTENDED}`,
		get4k: `its own time limit. ${IN_4K}`,
		get: 'Kie.ai gave up on this video after its own time limit.',
		runModel: `gave up on this task after its own time limit. ${MODEL_AGAIN}`,
		getTask: 'on this task',
	},
	upstream: { extend: `${LATER} ${EXTENDED}`, get4k: `${LATER} ${IN_4K}`, get: LATER },
	taskFailed: {
		extend: `for the reason. ${EXTENDED}`,
		get4k: `for the reason. ${IN_4K}`,
		get: 'for the reason.',
		runModel: `for the reason. ${MODEL_AGAIN}`,
	},
	other: {
		generate: 'Look up task veo_1 in the logs at https://kie.ai/logs.',
		extend: 'https://kie.ai/logs. The original is still available.',
		get4k: 'https://kie.ai/logs. The base video is not affected.',
	},
	unavailable: {
		generate: 'Kie.ai could not make this video.',
		extend: 'Kie.ai could not make this video. The original is still available.',
		get4k: 'a 4K version of this video. Get 1080P Video may work. The base video is not affected.',
	},
	baseNotFinished: {
		extend: 'once it has succeeded, run the node again.',
		get4k: 'Check it with Get, which is free; once it has succeeded, run the node again.',
		get: 'Run Get again later: it is free.',
	},
	noFile: {
		generate: 'Run Get later: it is free.',
		get4k: "Check 'Task ID' and 'Index'.",
		get: 'Run Get later: it is free.',
		getTask: 'Run Get Task later: it is free.',
	},
	unknownTask: {
		extend: "Check 'Task ID'",
		get4k: "Check 'Task ID', and that the credential belongs to the account",
		getTask: 'is read with Veo Video > Get.',
	},
	reordered: {
		get4k: 'The new order may be billed. Run Get 4K Video again with task ID veo_1 and index 0',
	},
	englishOnly: {
		generate: "Switch on 'Enable Translation' under Options",
		extend: 'Write the prompt in English.',
		runModel: 'Write the prompt in English.',
	},
	imageFetch: {
		generate: "set 'Image Source' to Binary",
		runModel: 'a file of the input. Its URL must open without a login',
	},
	retention: {},
	invalidModel: {},
	invalidInput: {},
	callbackRequired: {},
	upgradedBefore: {},
	credits: {},
	noAudio: {},
};

const OPERATIONS: TaskOperation[] = [
	...(['generate', 'extend', 'get4k', 'get1080p', 'get'] as const),
	...(['runModel', 'getTask'] as const),
];
const rows = (Object.keys(SAYS) as FailureReason[]).flatMap((reason) => {
	const { get4k } = SAYS[reason];
	const get1080p = get4k?.replace('Get 1080P Video may work. ', '').replaceAll('4K', '1080P');
	const says: { [Name in TaskOperation]?: string } = { ...SAYS[reason], get1080p };
	return OPERATIONS.map((operation) => [reason, operation, says[operation] ?? ''] as const);
});

describe('the advice about', () => {
	it.each(rows)('%s of %s', (reason, operation, says) => {
		const index = isUpgrade(operation) ? 0 : null;
		const subject: Subject = { operation, taskId: 'veo_1', index };
		const advice = failureAdvice(subject, reason);
		expect(advice).toContain(says);
		// What exists is not to be paid for again.
		if (operation !== 'generate') expect(advice).not.toMatch(/generate (it|the video) again/i);
		if (!isCreation(operation)) expect(advice).not.toContain('Then ');
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
