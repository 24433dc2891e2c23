import { startSimulator, type Fault, type Simulator } from '../../tools/simulator';
import { runNode } from './runNode';

/*
 * What a user reads about money, where it counts: "paid for" after a request that was sent and whose answer
 * was lost, and nowhere else; the id of a task wherever Kie has named one.
 */

type Effect = Fault extends infer F ? (F extends Fault ? Omit<F, 'path' | 'when'> : never) : never;

/** Kie may have accepted the request. */
const LOST: { [what: string]: Effect } = {
	'a connection reset': { kind: 'reset-after' },
	'a connection reset before an answer was written': { kind: 'reset-before' },
	'an empty answer': { kind: 'empty', processed: true },
	'a page with 200': { kind: 'html', httpStatus: 200, processed: true },
	'a page with 502': { kind: 'html', httpStatus: 502, processed: true },
	'a cut answer': { kind: 'cut-json' },
	'a server error': { kind: 'status', code: 500, processed: true },
	'a fault of the service behind Kie': { kind: 'status', code: 408, msg: 'x', processed: true },
};

const NO_CREDITS = 'Credits insufficient';
/** It was not accepted, by Kie or by a host in front of it. */
const REFUSED: { [what: string]: Effect } = {
	'a page with 404': { kind: 'html', httpStatus: 404 },
	'a redirect': { kind: 'redirect', location: 'https://example.com/' },
	'a bad key': { kind: 'status', code: 401 },
	'no credits under 500': { kind: 'status', code: 500, msg: NO_CREDITS },
	'too many requests': { kind: 'status', code: 429 },
	maintenance: { kind: 'status', code: 455 },
	'a refusal': { kind: 'status', code: 422, msg: 'something new' },
};

const TASK = 'veo_task_named_here';
/** Where it can stand: unit/meaning. */
const NAMED: { [what: string]: Effect } = {
	'code 500': {
		kind: 'answer',
		body: { code: 500, msg: 'x', data: { a: { b: { taskId: TASK } } } },
	},
	'a refusal': { kind: 'answer', body: { code: 400, msg: 'flagged', data: { taskId: TASK } } },
	'a page': { kind: 'answer', httpStatus: 502, body: `<html>{"taskId":"${TASK}"}</html>` },
	'a cut answer': { kind: 'answer', body: `{"code":200,"data":{"taskId":"${TASK}",` },
};

/** With the request that orders. */
const PATHS = {
	generate: '/api/v1/veo/generate',
	extend: '/api/v1/veo/extend',
	get4k: '/api/v1/veo/get-4k-video',
	runModel: '/api/v1/jobs/createTask',
};
type Operation = keyof typeof PATHS;
const OPERATIONS = Object.keys(PATHS) as Operation[];

interface Told {
	/** The item, or message and description of the error. */
	text: string;
	/** Orders that reached the simulator. */
	sent: number;
	/** Those it accepted. */
	paid: number;
}

let simulator: Simulator;
let key = 0;
/** A key per run: Kie's limit on submissions holds per key. */
const keys = Array.from({ length: 200 }, (_, index) => `kie-money-key-${index}`);
const told = new Map<string, Told>();

async function run(operation: Operation, fault: Effect): Promise<Told> {
	const apiKey = keys[key++] ?? '';
	const taskId = simulator.addVideo();
	const isOurs = (sent: string | string[] | undefined) => String(sent).endsWith(` ${apiKey}`);
	const when: Fault['when'] = ({ headers }) => isOurs(headers.authorization);
	const path = PATHS[operation];
	simulator.fault({ ...fault, path, times: 99, when });
	const text = await runNode({
		parameters: {
			resource: operation === 'runModel' ? 'task' : 'video',
			operation,
			taskId,
			prompt: 'A dog playing',
			modelId: 'google/nano-banana',
			inputMode: 'json',
			inputJson: '{ "prompt": "A dog playing" }',
			waitMode: 'poll',
			options: { pollInterval: 1, timeout: 2, onTimeout: 'continue' },
		},
		credentials: { apiKey, baseUrl: simulator.apiUrl },
	}).then(
		({ items }) => JSON.stringify(items[0]?.json),
		({ message, description }: { message: string; description: string }) =>
			`${message} ${description}`,
	);
	const sent = simulator.requests({ path }).filter(when);
	const paid = sent.filter(({ creditsCharged }) => creditsCharged > 0).length;
	return { text: text.replaceAll(taskId, 'OURS'), sent: sent.length, paid };
}

beforeAll(async () => {
	simulator = await startSimulator({ accounts: keys.map((one) => ({ key: one })) });
	const effects = [LOST, REFUSED, NAMED].flatMap((group) => Object.entries(group));
	// All at once: many of them wait for their repeats.
	await Promise.all(
		OPERATIONS.flatMap((operation) =>
			effects.map(async ([what, effect]) => {
				told.set(`${operation} ${what} ${effect.kind}`, await run(operation, effect));
			}),
		),
	);
}, 120_000);
afterAll(async () => await simulator.close());

describe.each(OPERATIONS)('%s', (operation) => {
	const of = (name: string) => told.get(`${operation} ${name}`) ?? { text: '', sent: -1, paid: -1 };
	const rows = (group: { [what: string]: Effect }) =>
		Object.entries(group).map(([what, { kind }]) => [what, `${what} ${kind}`] as const);

	it.each(rows(LOST))('says what may have been paid after %s', (_what, name) => {
		const { text, sent, paid } = of(name);
		expect(text).toContain('may have been started and paid for');
		expect(text).not.toContain('Nothing was started');
		expect(paid).toBe(name.endsWith('reset-before') ? 0 : 1);
		// The 4K request is repeated, and billed once.
		if (operation !== 'get4k') expect(sent).toBe(1);
	});

	it.each(rows(REFUSED))('never mentions a payment after %s', (_what, name) => {
		const { text, paid } = of(name);
		expect(text).not.toBe('');
		expect(text).not.toContain('paid for');
		expect(paid).toBe(0);
	});

	it.each(rows(NAMED))('keeps the task named in %s', (_what, name) => {
		const { text } = of(name);
		if (operation === 'get4k') {
			expect(text).toContain('OURS');
			return;
		}
		expect(text).toContain(TASK);
		expect(text).not.toContain('Nothing was started');
	});
});
