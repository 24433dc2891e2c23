import type { Asking, SubmittedTask } from '../../../nodes/KieVeo/kie/api';
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
	onReorder: (taskId: string) => void kie.lines.push(taskId),
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
			{ outcome: 'success', files: { videoUrls: [BASE] } },
		],
		[
			'a failed one, by its record',
			answer(200, { successFlag: 3, errorCode: 400, errorMessage: failure }),
			'generate.failed',
			{ outcome: 'failed', code: 400, message: failure },
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
		expect(found).toMatchObject({ event: 'get4k.success', callback: { outcome: 'success' } });
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
		const kie = fakeKie([videos([BASE]), videos([BASE]), done]);
		const confirmed = await confirmResult(asking(kie), claim({ index: 2 }));
		expect(confirmed).toMatchObject({ videoUrls: [UPGRADED] });
		const [first] = kie.calls;
		expect(first).toMatchObject({ method: 'GET', query: { taskId: 'a' } });
		expect(kie.calls.at(-1)).toMatchObject({ method: 'POST', body: { taskId: 'a', index: 2 } });
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
		const kie = fakeKie([videos([BASE]), videos([BASE]), running]);
		const confirmed = await confirmResult(asking(kie), claim({}));
		expect(confirmed).toMatchObject({
			status: 503,
			reason: expect.stringContaining('4k is processing'),
		});
	});
});

describe('the trigger, about a 4K upgrade', () => {
	const upgrade = () =>
		event({}, { operation: 'get4k', taskId: `upgraded-${++tasks}`, index: 0, submittedHere: true });
	const base = record({ resultUrls: [BASE], resolution: '720p' });
	const done = answer(422, { resultUrls: [UPGRADED] }, 'The video has been generated successfully');
	/** A Kie that shows the base video on record, and answers the 4K request with these in turn. */
	const kieWith = (...replies: Array<object | Error>) => fakeKie({ GET: [base], POST: replies });
	const postsTo = ({ calls }: ReturnType<typeof fakeKie>) =>
		calls.filter(({ method }) => method === 'POST');

	/** Four deliveries at a time, and as many as 20 replays of one. */
	const callOften = async (kie: ReturnType<typeof fakeKie>, about: CallbackEvent) => {
		const ask = async () => await resolveOutcome(asking(kie), about);
		const first = await Promise.all([ask(), ask(), ask(), ask()]);
		const replays = [];
		for (let replay = 1; replay <= 20; replay++) replays.push(await ask());
		return [...first, ...replays];
	};

	it.each<[what: string, reply: object | Error, lines: number, found: object | null]>([
		['started another one', answer(200, { taskId: 'a', resultUrls: null }), 1, null],
		['gave no answer', new Error('socket hang up'), 1, null],
		['fell silent', answer(500, null, 'Server Error'), 1, null],
		['shows it running', answer(422, { resultUrls: null }, '4k is processing.'), 0, null],
		['shows it', done, 0, { callback: { files: { videoUrls: [UPGRADED] } } }],
		[
			'shows its failure',
			answer(422, null, 'The 4K version of this video is unavailable.'),
			...([0, { callback: { outcome: 'failed' } }] as const),
		],
	])('sends one 4K request when Kie %s', async (_what, reply, lines, found) => {
		const kie = kieWith(reply);
		const about = upgrade();
		for (const one of await callOften(kie, about)) {
			if (found === null) expect(one).toBeNull();
			else expect(one).toMatchObject(found);
		}
		expect(postsTo(kie)).toHaveLength(1);
		expect(kie.lines).toStrictEqual(Array<string>(lines).fill(String(about.taskId)));
	});

	it('sends it again after Kie has certainly not accepted it', async () => {
		const kie = kieWith(answer(455, null, 'Maintenance'), done);
		const about = upgrade();
		expect(await resolveOutcome(asking(kie), about)).toBeNull();
		expect(await resolveOutcome(asking(kie), about)).toMatchObject({ event: 'get4k.success' });
		expect(kie.lines).toStrictEqual([]);
	});

	it('sends it again 30 s after Kie has shown the upgrade running, which orders nothing', async () => {
		const running = answer(422, { resultUrls: null }, '4k is processing.');
		const kie = kieWith(running, answer(200, { taskId: 'a', resultUrls: null }), done);
		const about = upgrade();
		const now = jest.spyOn(performance, 'now').mockReturnValue(1_000);
		await callOften(kie, about);
		now.mockReturnValue(30_999);
		await callOften(kie, about);
		expect(postsTo(kie)).toHaveLength(1);
		now.mockReturnValue(31_000);
		await callOften(kie, about);
		expect(postsTo(kie)).toHaveLength(2);
		expect(kie.lines).toStrictEqual([about.taskId]);
		// The second one may have ordered.
		now.mockReturnValue(100_000);
		await callOften(kie, about);
		expect(postsTo(kie)).toHaveLength(2);
		now.mockRestore();
	});

	it('counts one that Kie has not answered in time', async () => {
		const kie = kieWith(done);
		const limit = new AbortController();
		const hanging = {
			...kie,
			signal: limit.signal,
			api: Object.assign(Object.create(kie.api) as typeof kie.api, {
				fetchTask: async (video: SubmittedTask, how: Asking) => {
					if (how === 'free') return await kie.api.fetchTask(video, how);
					setImmediate(() => limit.abort());
					return await new Promise<never>(() => undefined);
				},
			}),
		};
		const about = upgrade();
		expect(await resolveOutcome(asking(hanging), about)).toBeNull();
		expect(kie.lines).toStrictEqual([about.taskId]);
		expect(await resolveOutcome(asking(kie), about)).toBeNull();
		expect(postsTo(kie)).toHaveLength(0);
	});

	it('reads the record of a job, however often it is called', async () => {
		const running = answer(200, { taskId: 'job', state: 'generating' });
		const kie = fakeKie([running], {}, 'jobs');
		const about = { ...upgrade(), kieTaskId: 'job' };
		expect(await callOften(kie, about)).toStrictEqual(Array(24).fill(null));
		expect(kie.calls).toHaveLength(24);
		expect(kie.lines).toStrictEqual([]);
	});
});
