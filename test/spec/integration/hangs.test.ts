import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { listen } from '../../tools/simulator/network';
import { useFastTime } from './fastTime';
import { jsonOf, runOperation, type OperationRun } from './runNode';

/*
 * Hosts that accept connections and never answer. n8n gives up on each request after 60 s; a run must not
 * add these up.
 */

useFastTime();

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Seconds of a request that nobody answers. */
const REQUEST = 60;
/** Of what is not waiting: steps of the clock, work of this machine. */
const WORK = 4;

function reply(response: ServerResponse, body: object): void {
	response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}

function taskIdOf({ url = '' }: IncomingMessage): string | null {
	return new URL(url, 'http://localhost').searchParams.get('taskId');
}

interface Run extends OperationRun {
	count: number;
	host: Handler;
}

/** Runs the node for `count` items against `host`; gives what it took, in seconds, and its items. */
async function run({ count, host, parameters, ...given }: Run) {
	const server = createServer(host);
	const port = await listen(server);
	const baseUrl = `http://127.0.0.1:${port}`;
	const startedAt = Date.now();
	const result = await runOperation(
		{ apiKey: `kie-key-${port}`, baseUrl, uploadBaseUrl: baseUrl },
		{
			...given,
			items: Array.from({ length: count }, (_, n) => ({ json: { n, taskId: `veo_task_${n}` } })),
			onError: 'continueRegularOutput',
			parameters: { url: `=${baseUrl}/v{{ $json.n }}.mp4`, ...parameters },
		},
	);
	const seconds = (Date.now() - startedAt) / 1000;
	server.closeAllConnections();
	server.close();
	return { seconds, items: jsonOf(result) };
}

const never: Handler = () => undefined;

/** Knows each task as running, once. */
function runningOnce(): Handler {
	const known = new Set<string | null>();
	return (request, response) => {
		const taskId = taskIdOf(request);
		if (known.has(taskId)) return;
		known.add(taskId);
		reply(response, { code: 200, msg: 'success', data: { taskId, successFlag: 0 } });
	};
}

/** Refuses 4K for good when it is asked for the second time; 1080P is never ready. */
function without4k(): Handler {
	let orders = 0;
	return (request, response) => {
		if (request.url?.includes('get-4k-video')) {
			const msg = orders++ === 0 ? 'success' : 'The 4K version of this video is unavailable';
			const data = orders === 1 ? { taskId: 'veo_task_0', resultUrls: null } : null;
			reply(response, { code: orders === 1 ? 200 : 404, msg, data });
			return;
		}
		reply(response, { code: 400, msg: '1080P is processing. It should be ready in 1-2 minutes.' });
	};
}

/** Every task has its file at a host that never sends it. */
const withHangingFiles: Handler = (request, response) => {
	if (request.url?.includes('.mp4')) return;
	const taskId = taskIdOf(request);
	const resultUrls = [`http://${request.headers.host}/${taskId}.mp4`];
	reply(response, {
		code: 200,
		msg: 'ok',
		data: { taskId, successFlag: 1, response: { resultUrls } },
	});
};

const NO_TIMEOUT = 120;
const POLL = { operation: 'get', options: { timeout: 30, pollInterval: 30 } };
const NOW = { parameters: { waitMode: 'none' } };

/** The seconds they may take, and what is run. */
const RUNS: { [name: string]: [most: number, run: Run] } = {
	'polling 60 videos': [30 + REQUEST, { ...POLL, count: 60, host: runningOnce() }],
	'polling 60 unknown videos': [30 + REQUEST, { ...POLL, count: 60, host: never }],
	'Get without waiting, 60 items': [
		NO_TIMEOUT + REQUEST,
		{ ...NOW, operation: 'get', count: 60, host: never },
	],
	'Download of 12 files': [NO_TIMEOUT + REQUEST, { operation: 'download', count: 12, host: never }],
	'12 videos with their files': [
		30 + REQUEST,
		{ ...POLL, parameters: { download: true }, count: 12, host: withHangingFiles },
	],
	'Minimum Credits': [
		NO_TIMEOUT + REQUEST,
		{ ...NOW, operation: 'generate', options: { minimumCredits: 1 }, count: 3, host: never },
	],
	'Generate of 100 videos': [
		NO_TIMEOUT + REQUEST,
		{ ...NOW, operation: 'generate', count: 100, host: never },
	],
	'the 1080P fallback': [
		30,
		{
			options: { timeout: 30, pollInterval: 20, on4kUnavailable: 'get1080p' },
			count: 1,
			host: without4k(),
		},
	],
};

describe('a host that never answers', () => {
	let results: { [name: string]: Awaited<ReturnType<typeof run>> };

	beforeAll(async () => {
		const all = Object.entries(RUNS).map(
			async ([name, [, one]]) => [name, await run(one)] as const,
		);
		results = Object.fromEntries(await Promise.all(all));
	}, 300_000);

	it.each(Object.entries(RUNS).map(([name, [most, { count }]]) => [name, most, count] as const))(
		'%s ends within %i seconds, and each item is told',
		(name, most, count) => {
			const { seconds, items } = results[name] ?? { seconds: NaN, items: [] };
			expect(seconds).toBeLessThan(most + WORK);
			expect(items).toHaveLength(count);
			for (const item of items) expect(item.error).toEqual(expect.any(String));
		},
	);

	it('gets no more orders after two minutes, and which were sent is told', () => {
		const errors = results['Generate of 100 videos']?.items.map(({ error }) => String(error)) ?? [];
		expect(errors.filter((error) => error.includes('not sent'))).toHaveLength(60);
		expect(errors.filter((error) => error.includes('may have been started'))).toHaveLength(40);
	});

	it('leaves every video its task ID', () => {
		const { items = [] } = results['polling 60 videos'] ?? {};
		expect(items.map(({ taskId }) => taskId)).toStrictEqual(items.map((_, n) => `veo_task_${n}`));
		for (const item of items) expect(item).toMatchObject({ status: 'processing', timedOut: true });
	});
});
