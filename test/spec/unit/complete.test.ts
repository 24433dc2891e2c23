import type { CallbackEvent } from '../../../nodes/KieVeo/kie/callback/check';
import { parseCallback } from '../../../nodes/KieVeo/kie/callback/parse';
import { resolveOutcome, withWholeVideo } from '../../../nodes/KieVeo/trigger/complete';
import { fakeKie } from './fakeKie';

const PART = 'https://file.example/v/part.mp4';
const WHOLE = 'https://file.example/v/whole.mp4';
const BASE = 'https://file.example/v/base.mp4';

const answer = (code: number, data: unknown, msg = 'success') => ({ code, msg, data });
const record = (response: object) => answer(200, { successFlag: 1, response });
const RUNNING = answer(200, { successFlag: 0, response: null });

function event(data: object, changes: Partial<CallbackEvent> = {}): CallbackEvent {
	const parsed = parseCallback({ code: 200, msg: 'Success', data: { taskId: 'a', ...data } });
	if ('reason' in parsed) throw new Error(parsed.reason);
	return {
		event: 'unknown.success',
		operation: 'generate',
		taskId: 'a',
		index: null,
		submittedHere: false,
		callback: parsed.callback,
		...changes,
	};
}

let tasks = 0;

describe('the trigger, about an extension', () => {
	const extension = (data: object = { resultUrls: [PART] }) =>
		event(data, { operation: 'extend', taskId: `extension-${++tasks}` });
	const filesOf = async (kie: ReturnType<typeof fakeKie>, about: CallbackEvent) =>
		await withWholeVideo(() => Promise.resolve(kie), about);

	it('takes the whole video from the record when Kie reports the new part', async () => {
		const kie = fakeKie([record({ resultUrls: [PART], fullResultUrls: [WHOLE] })]);
		const files = await filesOf(kie, extension());
		expect(files).toMatchObject({ videoUrls: [PART], fullVideoUrls: [WHOLE] });
		expect(kie.calls).toMatchObject([{ method: 'GET' }]);
	});

	it.each([
		['another operation', () => event({ resultUrls: [BASE] })],
		['a failed extension', () => extension({ successFlag: 3 })],
		['a whole that came with it', () => extension({ resultUrls: [PART], fullResultUrls: [WHOLE] })],
	])('asks nothing about %s', async (_what, make) => {
		const kie = fakeKie([RUNNING]);
		const about = make();
		expect(await filesOf(kie, about)).toBe(about.callback.files);
		expect(kie.calls).toHaveLength(0);
	});

	it('lets Kie call again while the record has no whole, and gives the part in the end', async () => {
		const kie = fakeKie([record({ resultUrls: [PART] })]);
		const about = extension();
		expect(await filesOf(kie, about)).toBeNull();
		expect(await filesOf(kie, about)).toBeNull();
		expect(await filesOf(kie, about)).toMatchObject({ videoUrls: [PART] });
	});
});

describe('the trigger, about a callback without a video', () => {
	const NOTHING = { callbackType: 'task_completed' };
	const failure = 'public error unsafe image upload.';

	it.each<[what: string, reply: object, event: string, told: object]>([
		[
			'a finished video',
			record({ resultUrls: [BASE], resolution: '720p' }),
			'generate.success',
			{ outcome: 'success', succeeded: true, files: { videoUrls: [BASE] } },
		],
		[
			'a failed one, by its record',
			answer(200, { successFlag: 3, errorCode: 400, errorMessage: failure }),
			'generate.failed',
			{ outcome: 'failed', succeeded: false, code: 400, message: failure },
		],
		[
			'a failed one, by its envelope',
			answer(501, null, 'Failed'),
			'generate.failed',
			{ outcome: 'failed', code: 501, message: 'Failed' },
		],
	])('learns from Kie of %s', async (_what, reply, name, told) => {
		const found = await resolveOutcome(fakeKie([reply]), event(NOTHING));
		expect(found).toMatchObject({ event: name, callback: told });
	});

	it.each<[what: string, reply: object, changes: Partial<CallbackEvent>]>([
		['the video is being made', RUNNING, {}],
		['Kie is at fault', answer(500, null, 'Server Error'), {}],
		[
			"only the base video of someone else's upgrade is known",
			record({ resultUrls: [BASE], resolution: '720p' }),
			{ operation: 'get4k' },
		],
		['no task is named', record({ resultUrls: [BASE] }), { taskId: null }],
	])('lets Kie call again when %s', async (_what, reply, changes) => {
		const kie = fakeKie([reply]);
		expect(await resolveOutcome(kie, event(NOTHING, changes))).toBeNull();
		// A request for an upgrade could start, and bill, another one.
		expect(kie.calls.every(({ method }) => method === 'GET')).toBe(true);
	});

	it("takes a 4K video on record for the result of someone else's upgrade", async () => {
		const kie = fakeKie([record({ resultUrls: [BASE], resolution: '4k' })]);
		const found = await resolveOutcome(kie, event(NOTHING, { operation: 'get4k' }));
		expect(found).toMatchObject({ event: 'get4k.success', callback: { succeeded: true } });
	});
});
