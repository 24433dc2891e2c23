import type { Asking, SubmittedTask } from '../../../nodes/KieVeo/kie/api';
import type { CallbackEvent } from '../../../nodes/KieVeo/kie/callback/check';
import { parseCallback } from '../../../nodes/KieVeo/kie/callback/parse';
import { confirmResult, resolveOutcome, wholeResult } from '../../../nodes/KieVeo/trigger/ask';
import { fakeKie } from './fakeKie';

const PART = 'https://file.example/v/part.mp4';
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

it('An extension whose record has no whole is called about again, and given as the part in the end', async () => {
	const kie = fakeKie([record({ resultUrls: [PART] })]);
	const about = event({ resultUrls: [PART] }, { operation: 'extend', taskId: 'extension' });
	expect(await wholeResult(asking(kie), about)).toMatchObject({ status: 503 });
	expect(await wholeResult(asking(kie), about)).toMatchObject({ status: 503 });
	expect(await wholeResult(asking(kie), about)).toMatchObject({ videoUrls: [PART] });
});

it('A failed extension is asked nothing about', async () => {
	const kie = fakeKie([RUNNING]);
	const about = event({ resultUrls: [PART], successFlag: 3 }, { operation: 'extend' });
	expect(await wholeResult(asking(kie), about)).toBe(about.callback.files);
	expect(kie.calls).toHaveLength(0);
});

describe('the trigger, about a callback without a video', () => {
	const NOTHING = { callbackType: 'task_completed' };

	it('learns from Kie of a failed one', async () => {
		const message = 'public error unsafe image upload.';
		const failed = answer(200, { successFlag: 3, errorCode: 400, errorMessage: message });
		const found = await resolveOutcome(asking(fakeKie([failed])), event(NOTHING));
		const callback = { outcome: 'failed', code: 400, message };
		expect(found).toMatchObject({ event: 'generate.failed', callback });
	});

	it.each<[what: string, reply: object, changes: Partial<CallbackEvent>]>([
		['the video is being made', RUNNING, {}],
		['Kie is at fault', answer(500, null, 'Server Error'), {}],
		[
			"only the base video of someone else's upgrade is known",
			record({ resultUrls: [BASE], resolution: '720p' }),
			{ operation: 'get4k' },
		],
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

const DONE = answer(422, { resultUrls: [UPGRADED] }, 'The video has been generated successfully');
const RUNNING_4K = answer(422, { resultUrls: null }, '4k is processing.');

describe('a confirmation', () => {
	const videos = (urls: string[], resolution = '720p') => record({ resultUrls: urls, resolution });
	const base = videos([BASE]);
	const claim = (changes: Partial<CallbackEvent>, url = POSTED) =>
		event(
			{ resultUrls: [url], imageUrls: ['https://posted.example/preview.jpg'] },
			{ event: 'get4k.success', operation: 'get4k', index: 0, submittedHere: true, ...changes },
		);
	const foreign = { submittedHere: false };
	const unknown = { ...foreign, operation: 'unknown' as const };

	type Row = [what: string, changes: Partial<CallbackEvent>, posted: string, recorded: object];
	it.each<[...Row, found: string, sent: string]>([
		['our 4K upgrade: that very video', { index: 2 }, POSTED, base, UPGRADED, 'GET GET POST'],
		['an extension', { ...foreign, operation: 'extend' }, POSTED, base, BASE, 'GET'],
		['a foreign 4K, on record', foreign, UPGRADED, videos([UPGRADED], '4k'), UPGRADED, 'GET'],
		['anything foreign, on record', unknown, BASE, base, BASE, 'GET'],
	])('gives what Kie has of %s', async (_what, changes, posted, recorded, found, sent) => {
		const kie = fakeKie({ GET: [recorded], POST: [DONE] });
		const confirmed = await confirmResult(asking(kie), claim(changes, posted));
		expect(confirmed).toMatchObject({ videoUrls: [found], imageUrls: [] });
		expect(kie.calls.map(({ method }) => method).join(' ')).toBe(sent);
		expect(kie.calls[2]?.body).toStrictEqual(kie.calls[2] && { taskId: 'a', index: 2 });
	});

	it.each<Row>([
		['a foreign 4K upgrade with the base URL', foreign, BASE, base],
		['URLs that are not on record', unknown, POSTED, videos([BASE], '4k')],
		['a task that runs', { operation: 'generate' }, POSTED, RUNNING],
		['no task at all', { taskId: null }, POSTED, base],
	])(
		'is not given, and no upgrade asked for, with %s',
		async (_what, changes, posted, recorded) => {
			const kie = fakeKie({ GET: [recorded], POST: [DONE] });
			const confirmed = await confirmResult(asking(kie), claim(changes, posted));
			expect(confirmed).toMatchObject({ status: 503, reason: expect.any(String) });
			expect(kie.calls.map(({ method }) => method)).not.toContain('POST');
		},
	);

	it('is not given while the 4K upgrade runs', async () => {
		const kie = fakeKie({ GET: [base], POST: [RUNNING_4K] });
		const confirmed = await confirmResult(asking(kie), claim({}));
		const reason = expect.stringContaining('4k is processing') as string;
		expect(confirmed).toMatchObject({ status: 503, reason });
	});
});

describe('the trigger, about a 4K upgrade', () => {
	const upgrade = () =>
		event({}, { operation: 'get4k', taskId: `upgraded-${++tasks}`, index: 0, submittedHere: true });
	const base = record({ resultUrls: [BASE], resolution: '720p' });
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
		['shows it running', RUNNING_4K, 0, null],
		['shows it', DONE, 0, { callback: { files: { videoUrls: [UPGRADED] } } }],
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
		const kie = kieWith(answer(455, null, 'Maintenance'), DONE);
		const about = upgrade();
		expect(await resolveOutcome(asking(kie), about)).toBeNull();
		expect(await resolveOutcome(asking(kie), about)).toMatchObject({ event: 'get4k.success' });
		expect(kie.lines).toStrictEqual([]);
	});

	it('sends it again 30 s after Kie has shown the upgrade running, which orders nothing', async () => {
		const kie = kieWith(RUNNING_4K, answer(200, { taskId: 'a', resultUrls: null }), DONE);
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
		const kie = kieWith(DONE);
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
