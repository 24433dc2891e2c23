import type { CallbackEvent } from '../../../nodes/KieVeo/kie/callback/check';
import { parseCallback } from '../../../nodes/KieVeo/kie/callback/parse';
import { confirmResult, resolveOutcome, withWholeVideo } from '../../../nodes/KieVeo/trigger/ask';
import { fakeKie } from './fakeKie';

const PART = 'https://file.example/v/part.mp4';
const WHOLE = 'https://file.example/v/whole.mp4';
const BASE = 'https://file.example/v/base.mp4';
const UPGRADED = 'https://file.example/v/4k.mp4';
const POSTED = 'https://posted.example/v/1.mp4';

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
		callback: parsed.read(),
		...changes,
	};
}

const asking = (kie: ReturnType<typeof fakeKie>) => ({
	connect: async () => await Promise.resolve(kie),
	onReorder: (...told: unknown[]) => void kie.lines.push(JSON.stringify(told)),
});

let tasks = 0;

describe('the trigger, about an extension', () => {
	const extension = (data: object = { resultUrls: [PART] }) =>
		event(data, { operation: 'extend', taskId: `extension-${++tasks}` });
	const filesOf = async (kie: ReturnType<typeof fakeKie>, about: CallbackEvent) =>
		await withWholeVideo(asking(kie), about);

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
		expect(await filesOf(kie, about)).toMatchObject({ status: 503 });
		expect(await filesOf(kie, about)).toMatchObject({ status: 503 });
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
		const found = await resolveOutcome(asking(fakeKie([reply])), event(NOTHING));
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
		expect(await resolveOutcome(asking(kie), event(NOTHING, changes))).toBeNull();
		// A request for an upgrade could start, and bill, another one.
		expect(kie.calls.every(({ method }) => method === 'GET')).toBe(true);
	});

	it("takes a 4K video on record for the result of someone else's upgrade", async () => {
		const kie = fakeKie([record({ resultUrls: [BASE], resolution: '4k' })]);
		const found = await resolveOutcome(asking(kie), event(NOTHING, { operation: 'get4k' }));
		expect(found).toMatchObject({ event: 'get4k.success', callback: { succeeded: true } });
	});
});

describe('a confirmation', () => {
	const videos = (urls: string[], resolution = '720p') => record({ resultUrls: urls, resolution });
	const done = answer(422, { resultUrls: [UPGRADED] }, 'The video has been generated successfully');
	const claim = (changes: Partial<CallbackEvent>, url = POSTED) =>
		event(
			{ resultUrls: [url] },
			{ event: 'get4k.success', operation: 'get4k', index: 0, submittedHere: true, ...changes },
		);

	it('of a 4K upgrade we submitted asks for that very video, after record-info', async () => {
		const kie = fakeKie([videos([BASE]), done]);
		const confirmed = await confirmResult(asking(kie), claim({ index: 2 }));
		expect(confirmed).toMatchObject({ videoUrls: [UPGRADED] });
		expect(kie.calls).toMatchObject([
			{ method: 'GET', query: { taskId: 'a' } },
			{ method: 'POST', body: { taskId: 'a', index: 2 } },
		]);
	});

	it.each(['generate', 'extend'] as const)(
		'of "%s" takes the files on record',
		async (operation) => {
			const kie = fakeKie([videos([BASE]), done]);
			const confirmed = await confirmResult(
				asking(kie),
				claim({ operation, submittedHere: false }),
			);
			expect(confirmed).toMatchObject({ videoUrls: [BASE] });
			expect(kie.calls.map(({ method }) => method)).not.toContain('POST');
		},
	);

	const foreign = { submittedHere: false };
	const unknown = { ...foreign, operation: 'unknown' as const };
	it.each<[name: string, recorded: object, changes: Partial<CallbackEvent>, url: string]>([
		['4K, on record', videos([UPGRADED], '4k'), foreign, UPGRADED],
		['anything, on record', videos([BASE]), unknown, BASE],
	])('of a foreign submission costs nothing: %s', async (_name, recorded, changes, url) => {
		const kie = fakeKie([recorded, done]);
		const confirmed = await confirmResult(asking(kie), claim(changes, url));
		expect(confirmed).toMatchObject({ videoUrls: [url] });
		expect(kie.calls.map(({ method }) => method)).not.toContain('POST');
	});

	it.each<[name: string, recorded: object, changes: Partial<CallbackEvent>, url: string]>([
		['a foreign 4K upgrade that is not on record', videos([BASE]), foreign, POSTED],
		['a foreign 4K upgrade with the base URL', videos([BASE]), foreign, BASE],
		['URLs that are not on record', videos([BASE], '4k'), unknown, POSTED],
		['a task that failed', answer(200, { successFlag: 3 }), {}, POSTED],
		['a task that runs', answer(200, { successFlag: 0 }), { operation: 'generate' }, POSTED],
		['a task Kie does not know', answer(422, null), {}, POSTED],
		['no task at all', videos([BASE]), { taskId: null }, POSTED],
	])('is not given, and no upgrade asked for, with %s', async (_name, recorded, changes, url) => {
		const kie = fakeKie([recorded, done]);
		const confirmed = await confirmResult(asking(kie), claim(changes, url));
		expect(confirmed).toMatchObject({ status: 503, reason: expect.any(String) });
		expect(kie.calls.map(({ method }) => method)).not.toContain('POST');
	});

	it('of a foreign callback takes nothing from it but the URLs on record', async () => {
		const { callback } = claim({}, BASE);
		callback.files.imageUrls = ['https://posted.example/preview.jpg'];
		const foreign = claim({ operation: 'unknown', submittedHere: false, callback });
		const kie = fakeKie([videos([BASE]), done]);
		expect(await confirmResult(asking(kie), foreign)).toMatchObject({
			videoUrls: [BASE],
			imageUrls: [],
		});
	});

	it('is not given while the 4K upgrade runs', async () => {
		const running = answer(422, { resultUrls: null }, '4k is processing.');
		const kie = fakeKie([videos([BASE]), running]);
		const confirmed = await confirmResult(asking(kie), claim({}));
		expect(confirmed).toMatchObject({
			status: 503,
			reason: expect.stringContaining('4k is processing'),
		});
	});
});

describe('the trigger, about a 4K upgrade', () => {
	const about = (index: number) =>
		event({}, { operation: 'get4k', taskId: 'upgraded', index, submittedHere: true });
	const base = record({ resultUrls: [BASE], resolution: '720p' });
	const accepted = answer(200, { taskId: 'upgraded', resultUrls: null });

	it('orders at most once, however often it is called, and says so', async () => {
		const kie = fakeKie([base, accepted, base]);
		for (let call = 1; call <= 24; call++) {
			expect(await resolveOutcome(asking(kie), about(0))).toBeNull();
		}
		expect(kie.calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
		expect(kie.lines).toStrictEqual(['["upgraded",false]']);
	});

	it('still takes what the repeated request shows', async () => {
		const done = answer(
			422,
			{ resultUrls: [UPGRADED] },
			'The video has been generated successfully',
		);
		const kie = fakeKie([base, done]);
		const resolved = await resolveOutcome(asking(kie), about(1));
		expect(resolved?.callback.files.videoUrls).toStrictEqual([UPGRADED]);
		expect(kie.lines).toStrictEqual([]);
	});
});
