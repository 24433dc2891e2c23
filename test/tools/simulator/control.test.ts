import { type ChildProcess, spawn } from 'node:child_process';
import { DEMO_VIDEOS, type Simulator, startSimulator } from './';
import { call, startReceiver } from './testing';

let simulator: Simulator;

beforeAll(async () => {
	simulator = await startSimulator({ videos: DEMO_VIDEOS });
});
beforeEach(() => simulator.reset());
afterAll(async () => await simulator.close());

const control = async (path: string, body?: unknown) =>
	(await call(`${simulator.apiUrl}/simulator/${path}`, { body, key: null })).body;

describe('the control addresses', () => {
	it('show and change the account', async () => {
		expect(await control('account')).toMatchObject([{ credits: 5916.25, spent: 0, ledger: [] }]);
		expect(await control('account', { credits: 7, webhookHmacKey: 'k' })).toMatchObject([
			{ credits: 7 },
		]);
		expect(simulator.account().webhookHmacKey).toBe('k');
	});

	it('put in videos and script coming tasks', async () => {
		const video = { taskId: 'mine', upgrade4k: { first: 'done' }, files: { bytes: null } };
		expect(await control('videos', video)).toEqual({ taskId: 'mine' });
		expect(await control('videos', video)).toEqual({
			error: 'The simulator already has a task mine',
		});
		expect(await control('next-task', { taskId: 'coming' })).toEqual({ ok: true });
		const { body } = await call(`${simulator.apiUrl}/api/v1/veo/generate`, {
			body: { prompt: 'A dog', model: 'veo3_fast' },
		});
		expect(body).toMatchObject({ data: { taskId: 'coming' } });
	});

	it('order faults and show the journal, in which they are not', async () => {
		expect(await control('faults', { kind: 'status', code: 455, times: 2 })).toEqual({ ok: true });
		await call(`${simulator.apiUrl}/api/v1/chat/credit`);
		expect(await control('journal')).toMatchObject([
			{ path: '/api/v1/chat/credit', answer: { code: 455 } },
		]);
	});

	it('send callbacks', async () => {
		const receiver = await startReceiver();
		const delivery = await control('callbacks', { url: receiver.url, form: { shape: 'flat' } });
		expect(delivery).toMatchObject({ state: 'delivered', attempts: [{ status: 200 }] });
		expect(await control('callbacks')).toEqual([delivery]);
		await receiver.close();
	});

	it('order storms, rivals and faults by operation', async () => {
		expect(await control('storms', { ms: 60_000, answer: 455, on: ['extend'] })).toEqual({
			ok: true,
		});
		expect(await control('rivals', { ms: 60_000, perWindow: 20 })).toEqual({ ok: true });
		const fault = { kind: 'status', code: 500, operations: ['generate'], forMs: 60_000 };
		expect(await control('faults', fault)).toEqual({ ok: true });
		const { body } = await call(`${simulator.apiUrl}/api/v1/veo/generate`, { body: {} });
		expect(body).toMatchObject({ code: 500 });
	});

	it('put everything back', async () => {
		simulator.addVideo({ taskId: 'mine' });
		expect(await control('reset', {})).toEqual({ ok: true });
		expect(simulator.taskIds).toEqual(DEMO_VIDEOS.map(({ taskId }) => taskId));
	});

	it.each([
		['videos', { video: 1 }, 'Unknown parameter: video'],
		['videos', { upgrade4k: { first: 'later' } }, 'upgrade4k.first must be one of'],
		['next-task', { timings: { generate: 'soon' } }, 'timings.generate must be a number'],
		['storms', { ms: 5 }, 'Missing required parameter: answer'],
		['rivals', { ms: 5, perWindow: 0 }, 'perWindow must be an integer'],
		['faults', { kind: 'fire' }, 'kind must be one of'],
		['faults', { kind: 'slow' }, 'Missing required parameter: ms'],
		['faults', 5, 'must be an object'],
		['callbacks', {}, 'Missing required parameter: url'],
		['account', { key: 'nobody' }, 'no account with this key'],
		['nothing', {}, 'No control address'],
	])('refuse %s with %j', async (path, body, error) => {
		expect(await control(path, body)).toEqual({ error: expect.stringContaining(error) });
	});
});

describe('the status page', () => {
	it('tells what this is, the key, the tasks and the last requests', async () => {
		simulator.addVideo({ taskId: '<b>' });
		await call(`${simulator.apiUrl}/api/v1/chat/credit`);
		const { body, headers } = await call(`${simulator.apiUrl}/`, { key: null });
		expect(headers.get('content-type')).toContain('text/html');
		for (const text of [
			'kie-simulator-key',
			'5916.25',
			'veo_task_demo_no4k',
			'/api/v1/chat/credit',
		]) {
			expect(body).toContain(text);
		}
		expect(body).not.toContain('<b>');
	});
});

describe('the command', () => {
	const run = (...options: string[]): ChildProcess =>
		spawn(process.execPath, ['--import', 'tsx', 'main.ts', ...options], {
			cwd: __dirname,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	const exit = async (child: ChildProcess) =>
		await new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

	it('prints its addresses, works with the demo ids, and stops on a signal', async () => {
		const child = run('--port', '0', '--speed', '1000', '--credits', '500', '--key', 'my-key');
		let output = '';
		await new Promise<void>((resolve) => {
			child.stdout?.on('data', (chunk: Buffer) => {
				output += chunk.toString();
				if (output.includes('Ctrl-C')) resolve();
			});
		});
		const [, url = ''] = /API +(http\S+)/.exec(output) ?? [];
		const { body } = await call(`${url}/api/v1/veo/get-4k-video`, {
			key: 'my-key',
			body: { taskId: 'veo_task_demo_1' },
		});
		expect(body).toMatchObject({ code: 200 });
		expect(output).toContain('veo_task_demo_5');
		const stopped = exit(child);
		child.kill('SIGTERM');
		expect(await stopped).toBe(0);
	});

	it('names an option it cannot use', async () => {
		const child = run('--speed', 'fast');
		let errors = '';
		child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
		expect(await exit(child)).toBe(1);
		expect(errors).toContain('--speed must be a number');
	});
});
