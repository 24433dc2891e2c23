import { useFastTime } from './fastTime';
import { useAccounts } from './accounts';
import { caught, jsonOf, runOperation, type OperationRun } from './runNode';

useFastTime();

const CREDITS = 500.25;
const CREDITS_PATH = '/api/v1/chat/credit';
const kie = useAccounts({ credits: CREDITS });

const run = async ({ taskIds = [kie.simulator.addVideo()], parameters, ...given }: OperationRun) =>
	await runOperation(kie.credentials, {
		...given,
		parameters: { waitMode: 'none', ...parameters },
		taskIds,
	});
const balanceReads = () => kie.simulator.requests({ path: CREDITS_PATH });

describe('Keep at Least (Credits)', () => {
	describe.each(['get4k', 'get1080p', 'generate', 'extend'])('of %s', (operation) => {
		it.each([500, CREDITS, '={{ "500" }}'])(
			'submits with %p, after one look at the balance',
			async (minimumCredits) => {
				const taskIds = [kie.simulator.addVideo(), kie.simulator.addVideo()];
				await run({ operation, taskIds, options: { minimumCredits } });
				expect(kie.simulator.submissions()).toHaveLength(2);
				expect(kie.simulator.requests()[0]?.path).toBe(CREDITS_PATH);
				expect(balanceReads()).toHaveLength(1);
			},
		);

		it.each<[what: string, minimumCredits: number, words: string, answer: object | null]>([
			['below it', 500.5, `has ${CREDITS} credits, fewer than the 500.5`, null],
			[
				'while it cannot be read',
				1,
				"could not be read for 'Keep at Least (Credits)': Later",
				{ code: 422, msg: 'Later' },
			],
		])('submits nothing %s', async (_what, minimumCredits, words, body) => {
			if (body) kie.simulator.fault({ kind: 'answer', body, path: CREDITS_PATH });
			const error = await caught(run({ operation, options: { minimumCredits } }));
			expect(error.message).toContain(words);
			expect(error.description).toContain('Nothing was submitted');
			expect(kie.simulator.requests()).toHaveLength(1);
		});

		it.each([{}, { minimumCredits: 0 }])('switched off (%j) costs no request', async (options) => {
			await run({ operation, options });
			expect(balanceReads()).toHaveLength(0);
		});
	});

	it('uploads no image below the limit', async () => {
		const image = { data: btoa('image'), mimeType: 'image/png' };
		const running = run({
			operation: 'generate',
			items: [{ json: {}, binary: { data: image } }],
			parameters: {
				generationType: 'FIRST_AND_LAST_FRAMES_2_VIDEO',
				imageSource: 'binary',
			},
			options: { minimumCredits: 1000 },
		});
		await expect(running).rejects.toThrow('fewer than the 1000');
		expect(kie.simulator.uploads).toHaveLength(0);
	});

	it('is not asked about where nothing is paid for', async () => {
		await run({ operation: 'get', options: { minimumCredits: 1000 } });
		expect(balanceReads()).toHaveLength(0);
	});

	it('holds for each item with Continue on fail, and the limit of the first for a shared video', async () => {
		const shared = kie.simulator.addVideo();
		const result = await run({
			taskIds: [shared, kie.simulator.addVideo(), shared],
			options: { minimumCredits: '={{ [1000, 500, 0][$itemIndex] }}' },
			onError: 'continueRegularOutput',
		});
		expect(jsonOf(result).map(({ status }) => status)).toStrictEqual([
			'failed',
			'processing',
			'failed',
		]);
		expect(balanceReads()).toHaveLength(1);
		expect(kie.simulator.submissions()).toHaveLength(1);
	});
});

describe('On 4K Unavailable: Get 1080P Instead', () => {
	const FLAGGED = 'Your prompt was flagged by Website as violating content policies.';
	const NOT_READY = 'record status is not success';
	const options = { pollInterval: 1, on4kUnavailable: 'get1080p' };
	const polled = async (given: OperationRun) =>
		await run({ parameters: { waitMode: 'poll' }, options, ...given });
	const paid = () => kie.simulator.paid().map(({ path }) => path.replace(/.*\//, ''));
	const sent = (path: string) => kie.simulator.submissions({ path: `/api/v1/veo/${path}` });

	it.each([
		['before it starts', { outcome: 'refused' }],
		['while it runs', { outcome: 'failure', afterFailure: 'answer' }],
	] as const)('fetches 1080P when Kie refuses 4K %s', async (_when, upgrade4k) => {
		const taskId = kie.simulator.addVideo({ upgrade4k });
		const [item] = jsonOf(await polled({ taskIds: [taskId] }));
		expect(item).toMatchObject({
			taskId,
			index: 0,
			operation: 'get4k',
			status: 'success',
			resolution: '1080p',
			fallback: '1080p',
			videoUrl: expect.stringContaining('1080p'),
		});
		expect(sent('get-4k-video')).toHaveLength(1);
		expect(sent('get-1080p-video')).toHaveLength(1);
		expect(paid().filter((path) => path === 'get-1080p-video')).toHaveLength(1);
	});

	it('names both when 1080P is also refused', async () => {
		const taskId = kie.simulator.addVideo({
			upgrade4k: { outcome: 'refused' },
			upgrade1080p: { outcome: 'refused', failure: { code: 400, msg: FLAGGED } },
		});
		const error = await caught(polled({ taskIds: [taskId] }));
		expect(error.message).toContain(`4K video of task ${taskId}: The 4K version`);
		expect(error.message).toContain(`1080P video of task ${taskId}: ${FLAGGED}`);
		expect(kie.simulator.submissions()).toHaveLength(2);
		expect(paid()).toStrictEqual([]);
	});

	it('gives the result to every item of the video, and leaves the others in 4K', async () => {
		const refused = kie.simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
		const good = kie.simulator.addVideo();
		const items = jsonOf(await polled({ taskIds: [refused, good, refused] }));
		expect(items.map(({ resolution }) => resolution)).toStrictEqual(['1080p', '4k', '1080p']);
		expect(items[1]).not.toHaveProperty('fallback');
		expect(kie.simulator.submissions()).toHaveLength(3);
	});

	it.each([
		['a wrong task ID', { failure: { code: 422, msg: 'record is null' } }, {}],
		['a base video that is not ready', { failure: { code: 422, msg: NOT_READY } }, {}],
		['no credits', { failure: { code: 402, msg: 'Credits insufficient' } }, {}],
		['an overload', { failure: { code: 422, msg: 'PUBLIC_ERROR_HIGH_TRAFFIC' } }, {}],
		['the option unset', {}, { options: { ...options, on4kUnavailable: 'error' } }],
		// n8n may have kept the option.
		['Return Immediately', {}, { parameters: { waitMode: 'none' } }],
	])('asks for no 1080P after %s', async (_what, upgrade4k, given) => {
		const taskId = kie.simulator.addVideo({ upgrade4k: { outcome: 'refused', ...upgrade4k } });
		await caught(polled({ taskIds: [taskId], ...given }));
		expect(kie.simulator.submissions()).toHaveLength(1);
	});

	it('keeps the operation and says what was fetched when the time is up', async () => {
		const taskId = kie.simulator.addVideo({
			upgrade4k: { outcome: 'refused' },
			timings: { upgrade1080p: 60_000 },
		});
		const slow = { ...options, timeout: 1, onTimeout: 'continue' };
		const [item] = jsonOf(await polled({ taskIds: [taskId], options: slow }));
		expect(item).toMatchObject({
			operation: 'get4k',
			status: 'processing',
			timedOut: true,
			fallback: '1080p',
		});
	});
});
