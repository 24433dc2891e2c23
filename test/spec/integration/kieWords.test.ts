import type { INodeParameters, OnError } from 'n8n-workflow';

import { useAccounts } from './accounts';
import { caught, runNode } from './runNode';

/* What Kie says, whatever the code beside it, and what the node then does and shows. */

const kie = useAccounts();

interface Run {
	operation?: string;
	waitMode?: string;
	prompts?: string[];
	options?: INodeParameters;
	onError?: OnError;
}

const run = async ({ operation = 'generate', waitMode = 'poll', prompts, options, onError }: Run) =>
	await runNode({
		parameters: {
			resource: 'video',
			operation,
			taskId: kie.simulator.addVideo(),
			prompt: '={{ $json.prompt }}',
			waitMode,
			options: { pollInterval: 1, timeout: 60, ...options },
		},
		items: (prompts ?? ['A dog']).map((prompt) => ({ json: { prompt } })),
		credentials: kie.credentials,
		onError,
	});
const promptOf = ({ body }: { body: unknown }) => (body as { prompt?: string }).prompt;

const NO_CREDITS =
	"Credits insufficient : Your current balance isn't enough to run this request. Please top up to continue.";
const RECORD = '/api/v1/veo/record-info';

describe('no credits', () => {
	const ANSWERS = [
		{ code: 500, msg: NO_CREDITS, data: null },
		{ code: 429, msg: 'Insufficient credits', data: null },
		{ code: 200, msg: '您的账户积分不足', data: null },
		{ code: '422', msg: 'You do not have enough credits', data: { taskId: '' } },
	];
	const OPERATIONS = ['generate', 'extend', 'get4k', 'get1080p'];
	const rows = OPERATIONS.flatMap((operation) =>
		ANSWERS.map((body) => [operation, JSON.stringify(body), body] as const),
	);

	it.each(rows)('end %s at once when told as %s', async (operation, _body, body) => {
		kie.simulator.fault({ kind: 'answer', body, times: 99 });
		const error = await caught(run({ operation }));
		expect(error.message).toContain('does not have enough credits');
		expect(error.description).toContain('Top up');
		expect(error.message + error.description).not.toContain('paid for');
		expect(kie.simulator.requests()).toHaveLength(1);
	});

	it('for the third video cost the first two nothing', async () => {
		const body = ANSWERS[0];
		kie.simulator.fault({ kind: 'answer', body, when: (request) => promptOf(request) === 'third' });
		const { items } = await run({
			waitMode: 'none',
			prompts: ['first', 'second', 'third'],
			onError: 'continueRegularOutput',
		});
		expect(items.map(({ json }) => json.status)).toStrictEqual([
			'processing',
			'processing',
			'failed',
		]);
	});
});

describe('a record of a video', () => {
	const IN_WORK =
		'1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.';
	const tell = (body: object, times = 1) =>
		kie.simulator.fault({ kind: 'answer', body, path: RECORD, times });

	it.each([
		IN_WORK,
		'1080P 正在处理中。预计 1-2 分钟后准备就绪。',
		'The video is still being upscaled',
	])('that says "%s" with 400 ends no wait', async (msg) => {
		tell({ code: 400, msg, data: null });
		const { items } = await run({});
		expect(items[0]?.json).toMatchObject({ status: 'success' });
		expect(kie.simulator.requests({ path: RECORD }).length).toBeGreaterThan(1);
	});

	it.each<[what: string, body: object, said: string, advice: string]>([
		[
			'a refusal with 400',
			{ code: 400, msg: 'Your prompt was flagged by Website as violating content policies.' },
			'flagged by Website',
			'content filter',
		],
		[
			'an image that was not fetched',
			{
				code: 500,
				msg: 'Task generation failed',
				data: { errorMessage: 'Image fetch failed. Check access settings.' },
			},
			'Image fetch failed',
			"'Image Source' to Binary",
		],
		[
			'an image, in Chinese, deeper in the data',
			{ code: 500, msg: 'x', data: { data: [{ failMsg: '图片链接无法访问' }] } },
			'图片链接无法访问',
			"'Image Source' to Binary",
		],
		[
			'no audio',
			{
				code: 200,
				msg: 'success',
				data: { successFlag: 3, errorMessage: 'No audio could be generated for this prompt' },
			},
			'No audio',
			'Describe a sound',
		],
	])('with %s ends the wait at once, with reason and advice', async (_what, body, said, advice) => {
		tell(body, 99);
		const error = await caught(run({}));
		expect(error.message).toContain(said);
		expect(error.description).toContain(advice);
		expect(kie.simulator.requests({ path: RECORD })).toHaveLength(1);
	});
});

it('A video that failed while polling is not among those Kie still works on', async () => {
	kie.simulator.nextTask({ prompt: 'bad', generation: { outcome: 'failure' } });
	kie.simulator.nextTask({ prompt: 'slow', timings: { generate: 60_000 } });
	const { items, hints } = await run({
		prompts: ['bad', 'slow'],
		options: { timeout: 5, onTimeout: 'continue' },
		onError: 'continueRegularOutput',
	});
	expect(items.map(({ json }) => json.status)).toStrictEqual(['failed', 'processing']);
	expect(hints.map(({ message }) => message).join()).toContain('still working on 1 of 1 videos');
});
