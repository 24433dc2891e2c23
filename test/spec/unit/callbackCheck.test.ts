import {
	addressKey,
	readSubmission,
	withSubmission,
	type Submission,
} from '../../../nodes/KieVeo/addresses/submission';
import {
	checkCallback,
	type CallbackEvent,
	type CheckOptions,
} from '../../../nodes/KieVeo/kie/callback/check';
import type { Incoming } from '../../../nodes/KieVeo/kie/callback/request';
import { callbackSignature } from '../../tools/simulator/callbacks';
import { CALLBACKS } from '../corpus/callbacks';
import { TASK_CALLBACKS } from '../corpus/tasks';

const SECRET = 'webhook-hmac-key';
const NOW = 1_760_000_000;
const KEY = addressKey('api-key');
const options: CheckOptions = {
	signatureRequired: true,
	webhookSecret: SECRET,
	submission: null,
	tolerance: 300,
	now: NOW,
};

const resultUrls = ['https://file.example/v/one.mp4'];
const upgraded = (taskId: string) => ({
	code: 200,
	msg: '4K Video generated successfully.',
	data: { taskId, info: { resultUrls, imageUrls: ['https://file.example/v/one.jpg'] } },
});
const generated = (taskId: string, msg = 'Veo3.1 video generated successfully.') => ({
	code: 200,
	msg,
	data: { taskId, info: { resultUrls, resolution: '720p' }, fallbackFlag: false },
});
const failed4k = (data: object | null) => ({
	code: 500,
	msg: 'The 4K version of this video is unavailable. Please try a different video.',
	data,
});

const signed = (taskId: string) => ({
	'x-webhook-timestamp': String(NOW),
	'x-webhook-signature': callbackSignature(SECRET, taskId, String(NOW)),
});

/** Our part of the address as the web server hands it over. */
function part(submission: Submission, key = KEY): string | null {
	const address = new URL(withSubmission('https://n8n.example/', submission, key));
	return address.searchParams.get('kieVeo');
}
/** As both receivers do it: what the address proves is read first. */
function check(given: Incoming, checkOptions: CheckOptions) {
	const submission = readSubmission(given.submission, KEY);
	return checkCallback(given, { ...checkOptions, submission });
}

/** About another task, and signed for it. */
const as = (id: string) => ({ body: upgraded(id), headers: signed(id) });

const submitted: Submission = { operation: 'get4k', taskId: 'a', index: 2, passThrough: { b: 1 } };
const incoming: Incoming = {
	body: upgraded('a'),
	size: 400,
	headers: signed('a'),
	submission: undefined,
};

type Case = [
	name: string,
	changes: Partial<Incoming>,
	expected: Partial<CallbackEvent>,
	options?: Partial<CheckOptions>,
];

describe('a genuine callback', () => {
	const foreign = { taskId: 'a', index: null, submittedHere: false };
	const own = { taskId: 'a', index: 2, passThrough: { b: 1 }, submittedHere: true };
	const upgrade = { event: 'get4k.success', operation: 'get4k' as const };
	const unsigned = { signatureRequired: false, webhookSecret: null };

	const failure = { event: 'get4k.failed', operation: 'get4k' as const };
	const extension = { event: 'generate.success', operation: 'extend' as const };
	const extended = generated('a', 'Veo3.1 video extension successful.');
	const bare = { code: 200, data: { taskId: 'a', resultUrls } };
	const ours = { submission: part(submitted) };
	const ofExtension = { submission: part({ operation: 'extend', taskId: null, index: null }) };
	it.each<Case>([
		['of a 4K upgrade', {}, { ...upgrade, ...foreign }],
		['of a failed 4K upgrade', { body: failed4k({ taskId: 'a' }) }, { ...foreign, ...failure }],
		['of an extension, reported as generate', { body: extended }, { ...foreign, ...extension }],
		['as large as is accepted', { size: 1_000_000 }, { ...upgrade, ...foreign }],
		['whose address knows more', { body: bare, ...ours }, { ...upgrade, ...own }],
		[
			'of a creation, whose id the address could not know',
			{ body: generated('a'), ...ofExtension },
			{ ...foreign, ...extension, submittedHere: true },
		],
		['whose address has the id', { body: failed4k(null), ...ours }, { ...own, ...failure }],
		[
			"under an id derived from the user's",
			{ ...as('a_4k'), ...ours },
			{ ...upgrade, ...own, kieTaskId: 'a_4k' },
		],
		[
			'under the id Kie gave at the submission',
			{ ...as('x'), ...ours },
			{ ...upgrade, ...own, kieTaskId: 'x' },
			{ kieTaskId: 'x' },
		],
		[
			'without an id and unsigned, where no signature is asked for',
			{ body: failed4k(null), headers: {} },
			{ ...foreign, ...failure, taskId: null },
			unsigned,
		],
	])('%s', (_name, changes, expected, changedOptions = {}) => {
		const checked = check({ ...incoming, ...changes }, { ...options, ...changedOptions });
		expect(checked).toStrictEqual({
			kind: 'genuine',
			event: { ...expected, callback: expect.objectContaining({ code: expect.any(Number) }) },
		});
	});
});

describe('at the address of a 4K order', () => {
	it.each([...CALLBACKS, ...TASK_CALLBACKS].map((row) => [row.what, row.atGet4k, row] as const))(
		'%s is "%s"',
		(_what, outcome, { body, taskIds }) => {
			const [taskId = 'a'] = taskIds;
			const submission = part({ operation: 'get4k', taskId, index: 0 });
			const checked = check(
				{ body, size: 0, headers: signed(taskId), submission },
				{ ...options, taskId },
			);
			expect(checked).toMatchObject({
				kind: 'genuine',
				event: {
					event: `get4k.${outcome === 'success' ? 'success' : 'failed'}`,
					callback: { outcome },
				},
			});
		},
	);

	it('a reason in the body says what it is about', () => {
		const body = { code: 501, data: { taskId: 'a', failMsg: upgraded('a').msg, state: 'fail' } };
		const checked = check({ ...incoming, body, submission: part(submitted) }, options);
		expect(checked).toMatchObject({ event: { callback: { topic: 'get4k', outcome: 'failed' } } });
	});
});

it.each<[what: string, outcome: string, event: string]>([
	['a picture', 'success', 'task.success'],
	['a failure, as the schema of a model shows it', 'failed', 'task.failed'],
	// It does not show what the model gave.
	['a 4K upgrade with credits', 'unknown', 'task.failed'],
	['a job', 'success', 'generate.success'],
])('at the address of an order of any model %s is "%s", "%s"', (what, outcome, event) => {
	const row = [...CALLBACKS, ...TASK_CALLBACKS].find((one) => one.what === what);
	const [taskId = ''] = row?.taskIds ?? [];
	const submission = part({ operation: 'runModel', taskId, index: null });
	const given = { body: row?.body, size: 0, headers: signed(taskId), submission };
	expect(check(given, options)).toMatchObject({ event: { event, callback: { outcome } } });
});

it('a callback of another model without our part of the address is that of a task', () => {
	const row = TASK_CALLBACKS.find(({ what }) => what === 'a picture');
	const [taskId = ''] = row?.taskIds ?? [];
	const given = { ...incoming, body: row?.body, headers: signed(taskId) };
	expect(check(given, options)).toMatchObject({
		event: { event: 'task.success', operation: 'unknown' },
	});
});

describe('a callback is refused', () => {
	const long = `${'x'.repeat(79)}\n${'y'.repeat(100)}`;
	const cut = `${'x'.repeat(79)}\\n`;
	const ours = { submission: part(submitted) };
	const changed =
		"the part 'kieVeo' of the address was changed, or made with another API key than this credential's";
	const mismatch =
		"the signature does not match the task ID, the timestamp and the credential's 'Webhook HMAC Key'";
	const noKey = "the credential has no 'Webhook HMAC Key' to check the signature with";
	const nameless = 'neither body nor address name a task ID, so the signature cannot be verified';

	type Refused = [
		when: string,
		changes: Partial<Incoming>,
		status: number,
		reason: string,
		options?: Partial<CheckOptions>,
	];
	it.each<Refused>([
		['it is too large', { size: 1_000_001 }, 400, 'the body has 1000001 bytes'],
		['it is none', { body: 'hello' }, 400, 'the body is not a JSON object'],
		['our part of the address was changed', { submission: `${part(submitted)}x` }, 401, changed],
		// A log line has a bounded length and no line breaks.
		[
			'it names two tasks',
			{ body: { ...upgraded('a'), taskId: long } },
			401,
			`the body names different task IDs: "a", "${cut}"`,
		],
		...['ab', 'b_a_'].map((id): Refused => {
			const reason = `the body is about task "${id}", its address belongs to "a"`;
			return [`it is about "${id}"`, { ...as(id), ...ours }, 401, reason, { kieTaskId: 'c' }];
		}),
		['it is signed for another task', { headers: signed('b') }, 401, mismatch],
		['there is no key to check it with', {}, 401, noKey, { webhookSecret: null }],
		['nothing names the task', { body: failed4k(null) }, 401, nameless],
	])('when %s', (_when, changes, status, reason, changedOptions = {}) => {
		expect(check({ ...incoming, ...changes }, { ...options, ...changedOptions })).toStrictEqual({
			kind: 'refused',
			status,
			reason,
		});
	});
});

it.each<[what: string, changes: Partial<Incoming>]>([
	['it is not signed', { headers: {} }],
	['its address was changed', { submission: `${part(submitted)}x` }],
	['its address belongs to another task', { submission: part({ ...submitted, taskId: 'b' }) }],
])('of a callback nothing but the ids is read when %s', (_what, changes) => {
	const read = new Set<unknown>();
	const get = (target: object, name: string) => {
		read.add(name);
		return Reflect.get(target, name) as unknown;
	};
	const data = new Proxy(upgraded('a').data, { get });
	const given = { ...incoming, body: { ...upgraded('a'), data }, ...changes };
	expect(check(given, options)).toMatchObject({ kind: 'refused', status: 401 });
	expect([...read]).toStrictEqual(['taskId', 'task_id']);
});

describe('the report of an upgrade that is a task of its own', () => {
	const report = (operation: Submission['operation'], id = 'job'): Incoming => ({
		...{ ...as(id), size: 0 },
		submission: part({ operation, taskId: operation === 'generate' ? null : 'a', index: 0 }),
	});
	const acceptsOwnTask = true;

	it.each([
		['get4k', 'veo/get-4k-video'],
		['get1080p', 'veo/get-1080p-video'],
	] as const)('of %s is genuine if Kie says so', (operation, model) => {
		const body = { code: 200, data: { taskId: 'job', model, resultUrls } };
		const checked = check({ ...report(operation), body }, { ...options, acceptsOwnTask });
		const event = { event: `${operation}.success`, taskId: 'a', kieTaskId: 'job' };
		expect(checked).toMatchObject({ event: { ...event, isOwnTaskUnproven: true } });
	});

	it('needs no proof where it has the id of the video, or one that is known', () => {
		for (const [given, known] of [
			[report('get4k', 'a'), {}],
			[report('get4k'), { kieTaskId: 'job' }],
		] as const) {
			const checked = check(given, { ...options, acceptsOwnTask, ...known });
			expect(checked).toMatchObject({ kind: 'genuine' });
			expect(checked).not.toHaveProperty('event.isOwnTaskUnproven');
		}
	});

	it.each<[what: string, given: Incoming, changed: Partial<CheckOptions>]>([
		['where the id is known', report('get4k'), { acceptsOwnTask: false, kieTaskId: 'other' }],
		['of a new video', report('generate'), { taskId: 'a' }],
		['of a video that names none', { ...report('get4k'), submission: undefined }, { taskId: 'a' }],
		['that names two', { ...report('get4k'), body: { ...upgraded('a'), taskId: 'b' } }, {}],
		[
			'that names another beside its own, for which it is signed',
			{ ...report('get4k'), body: { ...upgraded('job'), taskId: 'b' } },
			{},
		],
		['that is signed for the video', { ...report('get4k'), headers: signed('a') }, {}],
	])('is refused %s', (_what, given, changed) => {
		const checked = check(given, { ...options, acceptsOwnTask, ...changed });
		expect(checked).toMatchObject({ kind: 'refused', status: 401 });
	});

	it('without any id is checked by the one that is known', () => {
		const given = { ...report('get4k'), body: failed4k(null), headers: signed('job') };
		const checked = check(given, { ...options, kieTaskId: 'job' });
		expect(checked).toMatchObject({
			kind: 'genuine',
			event: { event: 'get4k.failed', taskId: 'a', kieTaskId: 'job' },
		});
	});
});

describe('the tier in the report of a job', () => {
	const job = (made: string, state = 'success', code = 200) => ({
		code,
		msg: 'Done.',
		data: {
			taskId: 'a',
			model: 'veo-3-1',
			state,
			param: JSON.stringify({ input: JSON.stringify({ model: made }) }),
			resultJson: JSON.stringify({ resultUrls }),
		},
	});
	const unasked: Submission = { operation: 'generate', taskId: null, index: null };
	const asked = { ...unasked, model: 'veo3_lite' };
	const eventFor = (body: unknown, submission: Submission = asked) => {
		const checked = check({ ...incoming, body, submission: part(submission) }, options);
		if (checked.kind !== 'genuine') throw new Error(checked.reason);
		return checked.event;
	};

	it('is told where it is another than was asked for', () => {
		const { tier, callback } = eventFor(job('veo3_fast'));
		expect(tier).toStrictEqual({ asked: 'veo3_lite', made: 'veo3_fast' });
		expect(callback.message).toBe(
			'Done. Kie.ai made this video with veo3_fast, not with veo3_lite as asked for.',
		);
	});

	it.each<[what: string, body: unknown, submission: Submission]>([
		['of a failure', job('veo3_fast', 'fail', 501), asked],
		['was not noted', job('veo3_fast'), unasked],
	])('does not matter where it %s', (_what, body, submission) => {
		expect(eventFor(body, submission).tier).toBeUndefined();
	});
});
