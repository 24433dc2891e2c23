import { NEVER, startSimulator, type JournalEntry, type Simulator } from '../../tools/simulator';
import { useFastTime } from './fastTime';
import { jsonOf, runOperation, type OperationRun } from './runNode';

/*
 * Hosts that accept connections and never answer. n8n gives up on each request after 60 s; a run must not
 * add these up.
 */

useFastTime();

/** Seconds of a request that nobody answers. */
const REQUEST = 60;
/** Of what is not waiting: steps of the clock, work of this machine. */
const WORK = 4;
const NO_TIMEOUT = 120;
/** Longer than any run, in milliseconds. */
const HOURS = 10_000_000;

interface Run extends OperationRun {
	/** The seconds it may take. */
	most: number;
	/** Items, each with a task of its own. */
	count: number;
	/** Kie answers this many questions about each task, then no more. */
	answers: number;
}

const POLL = { operation: 'get', options: { timeout: 30, pollInterval: 30 } };
const NOW = { parameters: { waitMode: 'none' }, most: NO_TIMEOUT + REQUEST, answers: 0 };
const GET_4K = { timeout: 30, pollInterval: 20, on4kUnavailable: 'get1080p' };

const RUNS: { [name: string]: Run } = {
	'polling 60 videos': { ...POLL, most: 30 + REQUEST, count: 60, answers: 1 },
	'polling 60 unknown videos': { ...POLL, most: 30 + REQUEST, count: 60, answers: 0 },
	'Get without waiting, 60 items': { ...NOW, operation: 'get', count: 60 },
	'Download of 12 files': { ...NOW, operation: 'download', count: 12 },
	'12 videos with their files': {
		...{ ...POLL, parameters: { download: true } },
		...{ most: 30 + REQUEST, count: 12, answers: Infinity },
	},
	'Minimum Credits': { ...NOW, operation: 'generate', options: { minimumCredits: 1 }, count: 3 },
	'Generate of 100 videos': { ...NOW, operation: 'generate', count: 100 },
	'the 1080P fallback': { options: GET_4K, most: 30, count: 1, answers: Infinity },
};

/** Each has a key of its own. */
const keyOf = (run: string) => run.replaceAll(' ', '-');

/** What a run gives when Kie stops answering its key, and how many seconds it took. */
async function runOne(simulator: Simulator, [name, run]: [string, Run]) {
	const { count, answers, parameters, ...given } = run;
	const hang = { kind: 'slow', ms: HOURS, times: Infinity } as const;
	const taskIds = Array.from({ length: count }, (_, n) => `${name} ${n}`);
	for (const taskId of taskIds) {
		simulator.addVideo({
			...{ taskId, state: answers === 1 ? 'waiting' : 'success' },
			timings: { generate: NEVER, upgrade4k: 0, upgrade1080p: NEVER },
			upgrade4k: { outcome: 'failure', afterFailure: 'answer' },
		});
		let asked = 0;
		const when = () => ++asked > answers;
		if (answers > 0) simulator.fault({ ...hang, host: 'api', taskId, when });
	}
	const isOfRun = ({ headers }: JournalEntry) => headers.authorization === `Bearer ${keyOf(name)}`;
	if (answers === 0) simulator.fault({ ...hang, when: isOfRun });
	const startedAt = Date.now();
	const result = await runOperation(
		{ apiKey: keyOf(name), baseUrl: simulator.apiUrl },
		{
			...given,
			taskIds,
			onError: 'continueRegularOutput',
			parameters: { url: `=${simulator.fileUrl}/{{ $json.taskId }}.mp4`, ...parameters },
		},
	);
	return { seconds: (Date.now() - startedAt) / 1000, items: jsonOf(result), taskIds };
}

describe('a host that never answers', () => {
	let simulator: Simulator;
	let results: { [name: string]: Awaited<ReturnType<typeof runOne>> };

	beforeAll(async () => {
		const accounts = Object.keys(RUNS).map((name) => ({ key: keyOf(name) }));
		simulator = await startSimulator({ accounts });
		simulator.fault({ kind: 'slow', ms: HOURS, times: Infinity, host: 'file' });
		const all = Object.entries(RUNS).map(
			async (run) => [run[0], await runOne(simulator, run)] as const,
		);
		results = Object.fromEntries(await Promise.all(all));
	}, 300_000);
	afterAll(async () => await simulator.close());

	it.each(Object.entries(RUNS).map(([name, { most, count }]) => [name, most, count] as const))(
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
		const { items, taskIds } = results['polling 60 videos'] ?? {};
		expect(items?.map(({ taskId }) => taskId)).toStrictEqual(taskIds);
		for (const item of items ?? []) {
			expect(item).toMatchObject({ status: 'processing', timedOut: true });
		}
	});
});
