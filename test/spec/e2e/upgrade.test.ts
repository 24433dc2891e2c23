import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { itemsOf, nodeError, type Execution } from '../../tools/n8n/execution';
import { LINES, type LineName } from '../../tools/n8n/versions';
import { SCHEMAS } from '../package/schemas/schema';
import { kieCredential, Stage } from './stage';
import { AFTER, chain, KIE } from './workflows';

const SUBMISSION_WINDOW_MS = 10_000;

let stage: Stage;
const run = async (
	items: IDataObject[],
	parameters: INodeParameters,
	settings: Partial<INode> = {},
): Promise<Execution> => {
	const { client, credential } = stage;
	const workflow = await client.createWorkflow(chain(credential, items, parameters, settings));
	return await client.runToEnd(workflow.id, { timeoutMs: 150_000 });
};
const poll = (operation: string, options: IDataObject = {}): INodeParameters => ({
	operation,
	waitMode: 'poll',
	options: { pollInterval: 1, ...options } as INodeParameters,
});
const json = (execution: Execution, output = 0) =>
	itemsOf(execution, KIE, output).map((item) => item.json);

describe.each(LINES.map(({ name }) => name))('n8n %s', (line) => {
	beforeAll(async () => {
		stage = await Stage.open(line);
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage.close());

	isInstalled();
	upgrades();
	upgradesMany(line);
});

function isInstalled(): void {
	it('lists the package under community nodes', async () => {
		await expect(stage.client.listCommunityPackages()).resolves.toMatchObject([
			{
				packageName: 'n8n-nodes-kie-veo',
				nodeTypes: expect.arrayContaining(['n8n-nodes-kie-veo.kieVeo']),
			},
		]);
	});

	it.each([...SCHEMAS])('serves the output schema %s', async (path, schema) => {
		const url = `${stage.n8n.url}/schemas/n8n-nodes-kie-veo.kieVeo/${path.slice(1)}`;
		await expect((await fetch(url)).json()).resolves.toStrictEqual(schema);
	});

	describe('the credential test', () => {
		const test = async (data: { apiKey?: string; baseUrl?: string }) =>
			await stage.client.testCredential(stage.credential, kieCredential(stage.simulator, data));

		it('passes with a good key', async () => {
			await expect(test({})).resolves.toMatchObject({ status: 'OK' });
			expect(stage.simulator.requests()[0]).toMatchObject({
				method: 'GET',
				path: '/api/v1/chat/credit',
			});
		});

		it('passes with spaces around, and a slash after, the base URL', async () => {
			await expect(test({ baseUrl: ` ${stage.simulator.apiUrl}/ ` })).resolves.toMatchObject({
				status: 'OK',
			});
		});

		it.each([
			['a code it has no words for', { code: 422, msg: 'x', data: null }],
			['a code as text', { code: '401', msg: 'x' }],
		])('fails when Kie answers with %s', async (_name, body) => {
			stage.simulator.fault({ kind: 'answer', body });
			await expect(test({})).resolves.toMatchObject({
				status: 'Error',
				message: expect.stringContaining('did not return the balance'),
			});
		});

		it('fails with a bad key, although Kie answers HTTP 200', async () => {
			const result = await test({ apiKey: 'wrong' });
			expect(result).toMatchObject({
				status: 'Error',
				message: expect.stringContaining('did not accept this API key'),
			});
			expect(stage.simulator.requests()[0]).toMatchObject({
				httpStatus: 200,
				answer: { code: 401 },
			});
		});

		it('fails at an address that does not answer like Kie', async () => {
			stage.simulator.fault({ kind: 'html', httpStatus: 200 });
			await expect(test({})).resolves.toMatchObject({
				status: 'Error',
				message: expect.stringContaining('Check the Base URL'),
			});
		});
	});
}

function upgrades(): void {
	it.each(['400', '422', 'no-url', 'null-data', 'absent-data'] as const)(
		'gets a 1080P video through not-ready answers in the form %s, with GET',
		async (notReady) => {
			const taskId = stage.simulator.addVideo({ upgrade1080p: { notReady } });
			const execution = await run([{ taskId, tag: 'a' }], poll('get1080p'));
			expect(json(execution)).toMatchObject([
				{ taskId, operation: 'get1080p', status: 'success', resolution: '1080p' },
			]);
			expect(itemsOf(execution, AFTER)[0]?.json.tag).toBe('a');
			const methods = stage.simulator.requests().map(({ method, path }) => `${method} ${path}`);
			expect(new Set(methods)).toStrictEqual(new Set(['GET /api/v1/veo/get-1080p-video']));
		},
	);

	it('gets a 4K video that is accepted, processing, and finished as 422, with POST', async () => {
		const { simulator } = stage;
		const taskId = simulator.addVideo({ timings: { upgrade4k: 1500 } });
		const execution = await run([{ taskId }], poll('get4k'));
		const requests = simulator.requests();
		expect(requests.map(({ method, path }) => `${method} ${path}`)).toStrictEqual([
			'POST /api/v1/veo/get-4k-video',
			'POST /api/v1/veo/get-4k-video',
			'POST /api/v1/veo/get-4k-video',
		]);
		expect(requests.map(({ answer }) => answer)).toMatchObject([
			{ code: 200, data: { resultUrls: null } },
			{ code: 422, msg: expect.stringContaining('is processing') },
			{ code: 422, data: { resultUrls: [expect.stringContaining('.mp4')] } },
		]);
		const [video] = json(execution);
		expect(video).toMatchObject({ taskId, status: 'success', code: 422, resolution: '4k' });

		const file = await fetch(String(video?.videoUrl));
		expect(file.headers.get('content-type')).toBe('video/mp4');
		await file.arrayBuffer();
	});

	it('gets a 4K video that is "processing" on the very first POST', async () => {
		const taskId = stage.simulator.addVideo({ upgrade4k: { first: 'processing' } });
		expect(json(await run([{ taskId }], poll('get4k')))).toMatchObject([{ status: 'success' }]);
	});

	it('never gives the URL of the base video as 4K', async () => {
		const { simulator } = stage;
		const taskId = simulator.addVideo({ aspectRatio: '9:16', timings: { upgrade4k: 1500 } });
		const authorization = { authorization: `Bearer ${simulator.account().key}` };
		const record = await fetch(`${simulator.apiUrl}/api/v1/veo/record-info?taskId=${taskId}`, {
			headers: authorization,
		});
		const body = (await record.json()) as { data: { response: { resultUrls: string[] } } };
		const [baseUrl] = body.data.response.resultUrls;
		// In the middle of polling, Kie answers once in the shape of record-info: the base video.
		simulator.fault({ kind: 'answer', body, path: '/api/v1/veo/get-4k-video', skip: 1 });

		const [video] = json(await run([{ taskId }], poll('get4k')));
		expect(video?.status).toBe('success');
		expect(baseUrl).toMatch(/\.mp4$/);
		expect(JSON.stringify(video)).not.toContain(String(baseUrl));
	});

	it('raises a 4K upgrade that Kie refuses, with its text, the task id and what to do', async () => {
		const taskId = stage.simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
		const execution = await run([{ taskId }], poll('get4k'));
		expect(execution.status).toBe('error');
		const error = nodeError(execution, KIE);
		expect(error?.message).toContain('The 4K version of this video is unavailable');
		expect(error?.message).toContain(taskId);
		expect(error?.description).toContain('Get 1080P Video');
	});

	it('fetches 1080P instead when asked to, once Kie has refused 4K', async () => {
		const { simulator } = stage;
		const taskId = simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
		const execution = await run([{ taskId }], poll('get4k', { on4kUnavailable: 'get1080p' }));
		expect(json(execution)).toMatchObject([
			{ operation: 'get4k', status: 'success', resolution: '1080p', fallback: '1080p' },
		]);
		expect(simulator.submissions().map(({ path }) => path)).toStrictEqual([
			'/api/v1/veo/get-4k-video',
			'/api/v1/veo/get-1080p-video',
		]);
	});

	it('submits nothing while the account has fewer credits than it is to keep', async () => {
		const { simulator } = stage;
		const taskId = simulator.addVideo();
		const execution = await run([{ taskId }], poll('get4k', { minimumCredits: 1_000_000 }));
		expect(nodeError(execution, KIE)?.message).toContain('fewer than the 1000000');
		expect(simulator.requests().map(({ path }) => path)).toStrictEqual(['/api/v1/chat/credit']);
	});

	it('raises a timeout with the task id, and the same video is fetched later without paying again', async () => {
		const { simulator } = stage;
		const taskId = simulator.addVideo({ timings: { upgrade4k: 4000 } });
		const execution = await run([{ taskId }], poll('get4k', { timeout: 2 }));
		const error = nodeError(execution, KIE);
		expect(error?.message).toBe(`The 4K video of task ${taskId} was not ready after 2 s`);
		expect(error?.description).toContain(taskId);

		expect(json(await run([{ taskId }], poll('get4k')))).toMatchObject([{ status: 'success' }]);
		expect(simulator.paid()).toHaveLength(1);
	});
}

function upgradesMany(line: LineName): void {
	it('continues on fail with 1 bad item of 5: the other four keep their videos and pairing', async () => {
		const { simulator } = stage;
		const items = Array.from({ length: 5 }, (_, i) => ({
			taskId: i === 2 ? '' : simulator.addVideo(),
			tag: `item ${i}`,
		}));
		const onError = 'continueRegularOutput';
		const execution = await run(items, poll('get4k'), { onError });
		expect(execution.status).toBe('success');
		expect(json(execution).map(({ status }) => status)).toStrictEqual([
			'success',
			'success',
			'failed',
			'success',
			'success',
		]);
		expect(json(execution)[2]?.error).toBe("'Task ID' is empty");
		expect(itemsOf(execution, AFTER).map((item) => item.json.tag)).toStrictEqual(
			items.map(({ tag }) => tag),
		);
		expect(simulator.paid()).toHaveLength(4);
	});

	it.each([
		['Wait by Polling', poll('get4k')],
		['Return Immediately', { operation: 'get4k', waitMode: 'none' }],
	])(
		'sends failed items to the error output when the node has one: %s',
		async (_mode, parameters) => {
			const { simulator } = stage;
			const good = simulator.addVideo({ upgrade4k: { first: 'done' } });
			const refused = simulator.addVideo({ upgrade4k: { outcome: 'refused' } });
			const onError = 'continueErrorOutput';
			const execution = await run([{ taskId: refused }, { taskId: good }], parameters, { onError });
			expect(json(execution, 0)).toMatchObject([{ taskId: good, status: 'success' }]);
			expect(json(execution, 1)).toMatchObject([
				{ taskId: refused, index: 0, operation: 'get4k', status: 'failed' },
			]);
		},
	);

	it('upgrades 25 videos within the submission limit, in about the time of one', async () => {
		const { simulator } = stage;
		// Kie's own limit is on: one submission too many would be answered with 429 and seen below.
		simulator.setDefaults({ timings: { upgrade4k: 20_000 } });
		const timed = async (count: number) => {
			const items = Array.from({ length: count }, () => ({ taskId: simulator.addVideo() }));
			const since = Date.now();
			const execution = await run(items, poll('get4k'));
			expect(json(execution).map(({ status }) => status)).toStrictEqual(items.map(() => 'success'));
			return Date.now() - since;
		};
		const one = await timed(1);
		await new Promise((done) => setTimeout(done, SUBMISSION_WINDOW_MS));
		const all = await timed(25);

		const times = simulator.submissions().map(({ at }) => at);
		const most = Math.max(
			...times.map((start) => times.filter((at) => at >= start && at < start + 10_000).length),
		);
		const ratio = all / (one + SUBMISSION_WINDOW_MS);
		console.log(
			`n8n ${line}: 1 video ${one} ms, 25 videos ${all} ms, ratio to one plus window ` +
				`${ratio.toFixed(2)}; most submissions in 10 s: ${most}`,
		);
		expect(times).toHaveLength(26);
		expect(most).toBeLessThanOrEqual(20);
		expect(ratio).toBeLessThan(1.3);
	});

	it('shows the API key in no execution and no log line', async () => {
		const { client, n8n, simulator } = stage;
		const executions = await client.listExecutions();
		expect(executions.length).toBeGreaterThan(10);
		for (const { id } of executions) {
			const { data } = await client.getExecution(id);
			expect(JSON.stringify(data)).not.toContain(simulator.account().key);
		}
		expect(n8n.log()).not.toContain(simulator.account().key);
	});
}
