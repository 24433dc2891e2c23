import { orderOf } from './workloads';
import type { Evidence, RunRecord } from './evidence';
import { judge } from './invariants';
import type { PlannedVideo, Workload } from './plan';
import { ordersLeft } from './user';
import type { Delivery, JournalEntry, LedgerEntry } from '../simulator';

const FILES = 'http://files.test';

const video = (number: number, more: Partial<PlannedVideo> = {}): PlannedVideo => ({
	taskId: `veo_task_c1_000${number}`,
	index: 0,
	number,
	ending: 'success',
	callback: 'once',
	scenario: {},
	faults: [],
	items: 1,
	...more,
});

const had = ({ taskId, index }: PlannedVideo, file = '4k.mp4', operation = 'get4k') => {
	const videoUrl = `${FILES}/v/${taskId}-${index}-${file}`;
	return { taskId, index, operation, status: 'success', videoUrl, videoUrls: [videoUrl] };
};

const run = (
	workload: Workload,
	videos: PlannedVideo[],
	more: Partial<RunRecord> = {},
): RunRecord => ({
	id: '1',
	batch: {
		name: workload,
		workload,
		account: 0,
		onError: 'stopWorkflow',
		onTimeout: 'error',
		timeout: 60,
		download: false,
	},
	orders: videos.map((one) => orderOf(one)),
	byUser: false,
	status: 'success',
	endedAt: 100_000,
	killed: false,
	seen: videos.map((one) => ({ tag: `${one.number}/0`, json: had(one) })),
	error: null,
	brokenFiles: [],
	downloads: 0,
	...more,
});

const payment = ({ taskId, index }: PlannedVideo): LedgerEntry => ({
	at: 0,
	operation: 'get4k',
	taskId,
	index,
	credits: 120,
});

const generation = (one: PlannedVideo, more: Partial<JournalEntry> = {}): JournalEntry => ({
	at: 0,
	host: 'api',
	method: 'POST',
	path: '/api/v1/veo/generate',
	query: {},
	headers: {},
	body: { prompt: orderOf(one).prompt },
	operation: 'generate',
	jobId: null,
	taskId: one.taskId,
	httpStatus: 200,
	answer: { code: 200 },
	submission: true,
	creditsCharged: 60,
	fault: null,
	...more,
});

const delivered = ({ taskId, index }: PlannedVideo, at = 0): Delivery => ({
	url: '',
	taskId,
	operation: 'get4k',
	index,
	body: '',
	attempts: [{ at, headers: {}, status: 200, answer: '', error: null, took: 1 }],
	state: 'delivered',
});

const evidence = (videos: PlannedVideo[], more: Partial<Evidence> = {}): Evidence => ({
	videos,
	fileUrl: FILES,
	runs: [run('poll4k', videos)],
	triggered: [],
	ledger: videos.map(payment),
	journal: [],
	deliveries: [],
	forged: [],
	restarts: [],
	forgedTraces: [],
	leaks: [],
	aborted: null,
	...more,
});

const broken = (of: Evidence) =>
	judge(of).flatMap(({ invariant, offenders }) => (offenders.length > 0 ? [invariant] : []));

const [a, b] = [video(1), video(2)];
const restart = { how: 'SIGKILL' as const, from: 10_000, until: 20_000 };
const failed = (one: PlannedVideo, error: string) => ({
	tag: `${one.number}/0`,
	json: { error, taskId: one.taskId, index: 0, operation: 'get4k', status: 'failed' },
});
/** A video that was submitted for the trigger, and what the trigger made of it. */
const triggered = (times: number, more: Partial<Evidence> = {}) => {
	const json = { ...had(a), status: 'processing', videoUrl: null, videoUrls: [] };
	const event = { id: '7', status: 'success', killed: false, json: had(a) };
	return evidence([a], {
		runs: [
			run('trigger4k', [a], { seen: [{ tag: '1/0', json }] }),
			run('poll4k', [a], { byUser: true }),
		],
		triggered: Array.from({ length: times }, () => event),
		deliveries: [delivered(a)],
		...more,
	});
};
const generated = (more: Partial<RunRecord>, journal: JournalEntry[]) =>
	evidence([a], {
		ledger: [],
		runs: [
			run('generate', [a], {
				seen: [{ tag: '1/0', json: had(a, 'base.mp4', 'generate') }],
				...more,
			}),
		],
		journal,
	});
const ONE_OUTCOME = 'every item has exactly one outcome downstream';
const ONE_EXECUTION = 'every delivered callback of the trigger has exactly one execution';
const WAITED = 'no execution runs out of time whose videos were all finished well before';
const LOST = 'no video is lost';
const TWICE = 'no video is paid for twice';
const AGAIN = 'a generation whose answer was lost is never sent again';
const NAMED = 'every paid generation is named, or its loss is told';
const FORGED = 'no forged callback has an effect';
const URLS = 'every URL is the one of the wanted video and resolution';

/** A suspended execution that ran out of time after 100 s, and when Kie finished its video. */
const outOfTime = (
	finishedAt: number | null,
	more: Partial<RunRecord> = {},
	mark: { timedOut?: true } = { timedOut: true },
) => {
	const json = { ...had(a), status: 'processing', videoUrl: null, videoUrls: [], ...mark };
	return evidence([a], {
		runs: [
			run('callback4k', [a], { seen: [{ tag: '1/0', json }], ...more }),
			run('poll4k', [a], { byUser: true }),
		],
		deliveries: finishedAt === null ? [] : [delivered(a, finishedAt)],
	});
};

/**
 * One whose stored items n8n has put out 5 minutes after a timeout of 200 s. n8n was restarted while it
 * waited, and another callback came at this time.
 */
const restarted = (calledAt: number) => {
	const { runs, deliveries, ...rest } = outOfTime(50_000, { endedAt: 500_000 }, {});
	return {
		...rest,
		runs,
		deliveries: [...deliveries.map(unheard), delivered(a, calledAt)],
		journal: [generation(a)],
		restarts: [40_000, 210_000].map((from) => ({ ...restart, from, until: from + 20_000 })),
	};
};
const unheard = (one: Delivery): Delivery => ({
	...one,
	attempts: one.attempts.map((attempt) => ({ ...attempt, status: null })),
});

it.each<[what: string, evidence: Evidence]>([
	['restarts after which no callback came in time', restarted(480_000)],
	['a restart that ended the watch before the check at the timeout was done', restarted(70_000)],
	['an execution that ran out of time before its video was finished', outOfTime(null)],
	['a video that was finished in the last moment', outOfTime(99_000)],
	['a run in which all went well', evidence([a, b])],
	[
		'a killed execution whose videos were fetched later',
		evidence([a], {
			restarts: [restart],
			runs: [
				run('callback4k', [a], { status: 'crashed', killed: true, seen: [] }),
				run('poll4k', [a], { byUser: true }),
			],
		}),
	],
	[
		'an error that ends the execution, and its videos fetched later',
		evidence([a], {
			runs: [
				run('poll4k', [a], { status: 'error', error: 'not ready', seen: [] }),
				run('poll4k', [a], { byUser: true }),
			],
		}),
	],
	[
		'a video Kie refuses',
		evidence([video(1, { ending: 'refused' })], {
			runs: [run('poll4k', [a], { seen: [failed(a, 'Could not get the 4K video: no')] })],
		}),
	],
	['one event of one callback', triggered(1)],
	[
		'a callback taken in while n8n was killed',
		triggered(0, { restarts: [{ ...restart, from: 1 }] }),
	],
	['a refused forgery', evidence([a], { forged: [{ kind: 'no proof', video: a, status: 401 }] })],
	['a generation', generated({}, [generation(a)])],
])('nothing is broken by %s', (_what, of) => {
	expect(broken(of)).toEqual([]);
});

it.each<[what: string, invariants: string[], evidence: Evidence]>([
	[
		'an item without output',
		[ONE_OUTCOME, LOST],
		evidence([a], { runs: [run('poll4k', [a], { seen: [] })] }),
	],
	[
		'an item that comes out twice',
		[ONE_OUTCOME],
		evidence([a], {
			runs: [run('poll4k', [a], { seen: [0, 1].map(() => ({ tag: '1/0', json: had(a) })) })],
		}),
	],
	[
		'items in another order',
		[ONE_OUTCOME],
		evidence([a, b], {
			runs: [run('callback4k', [a, b], { seen: [...run('poll4k', [b, a]).seen] })],
		}),
	],
	[
		'an execution that never ends',
		[ONE_OUTCOME, LOST],
		evidence([a], { runs: [run('callback4k', [a], { status: 'waiting', seen: [] })] }),
	],
	['an execution that waited in vain', [WAITED], outOfTime(50_000)],
	['one that waited in vain though a callback came after a restart', [WAITED], restarted(240_000)],
	['two executions for one callback', [ONE_EXECUTION], triggered(2)],
	['no execution for a callback', [ONE_EXECUTION], triggered(0)],
	['an execution about a video nobody submitted', [ONE_EXECUTION], triggered(1, { videos: [] })],
	[
		'a video that fails although Kie made it',
		[LOST],
		evidence([a], {
			runs: [run('poll4k', [a], { seen: [failed(a, 'Could not get the 4K video: no')] })],
		}),
	],
	['a second payment for an upgrade', [TWICE], evidence([a], { ledger: [payment(a), payment(a)] })],
	['a second generation', [TWICE], generated({}, [generation(a), generation(a)])],
	[
		'a generation sent again after its answer was lost',
		[AGAIN],
		generated({}, [
			generation(a, { fault: 'reset-before', creditsCharged: 0, submission: false, answer: null }),
			generation(a),
		]),
	],
	[
		'a paid generation its execution does not name',
		[LOST, NAMED],
		generated({ status: 'error', error: 'Kie.ai gave no usable answer', seen: [] }, [
			generation(a),
		]),
	],
	[
		'an accepted forgery',
		[FORGED],
		evidence([a], { forged: [{ kind: 'wrong proof', video: a, status: 200 }] }),
	],
	['a trace of a forgery', [FORGED], evidence([a], { forgedTraces: ['execution 1'] })],
	[
		'the base video as 4K',
		[URLS],
		evidence([a], {
			runs: [run('poll4k', [a], { seen: [{ tag: '1/0', json: had(a, 'base.mp4') }] })],
		}),
	],
	[
		'a file that is not whole',
		['every downloaded file is whole'],
		evidence([a], { runs: [run('poll4k', [a], { brokenFiles: ['x'] })] }),
	],
	['a key in the log', ['the keys appear nowhere'], evidence([a], { leaks: ["n8n's log"] })],
	['a run given up', ['the run came to its end'], evidence([a], { aborted: 'too slow' })],
])('%s is noticed', (_what, invariants, of) => {
	expect(broken(of)).toEqual(invariants);
});

describe('the user asks again', () => {
	const left = (of: Evidence) =>
		ordersLeft(of).map(({ settings: { workload }, orders: [order] }) => [workload, order?.taskId]);

	it('for a video that was not had, by polling with the same task id', () => {
		const runs = [run('callback4k', [a], { status: 'crashed', killed: true, seen: [] })];
		expect(left(evidence([a], { runs }))).toEqual([['poll4k', a.taskId]]);
	});

	it('for nothing that was had or finally refused', () => {
		const seen = [failed(b, 'Could not get the 4K video: no')];
		const runs = [run('poll4k', [a]), run('poll4k', [b], { seen })];
		expect(left(evidence([a, b], { runs }))).toEqual([]);
	});

	it('for a generation by the id its error names', () => {
		const error = `Run Get with task ID ${a.taskId}`;
		expect(left(generated({ status: 'error', error, seen: [] }, []))).toEqual([['get', a.taskId]]);
	});

	it('for a generation whose answer was lost by the id in the log of Kie', () => {
		const lost = { status: 'error', error: "Kie.ai's answer was lost", seen: [] };
		expect(left(generated(lost, [generation(a)]))).toEqual([['get', a.taskId]]);
		expect(left(generated(lost, []))).toEqual([['generate', `${a.taskId}_again1`]]);
	});
});
