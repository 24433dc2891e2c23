import type { Delivery, JournalEntry } from '../simulator';
import type { Evidence, RunRecord } from './evidence';
import { judge } from './invariants';
import type { PlannedVideo, Workload } from './plan';
import { AGAIN } from './user';
import { orderOf } from './workloads';

const FILES = 'http://files.test';

const video = (number: number): PlannedVideo => ({
	taskId: `veo_task_c1_000${number}`,
	index: 0,
	number,
	ending: 'success',
	scenario: {},
	faults: [],
	items: 1,
});
const [a, b] = [video(1), video(2)];

const had = ({ taskId, index }: PlannedVideo, file = '4k.mp4', operation = 'get4k') => {
	const videoUrl = `${FILES}/v/${taskId}-${index}-${file}`;
	return { taskId, index, operation, status: 'success', videoUrl, videoUrls: [videoUrl] };
};
const seen = (one: PlannedVideo, json: object = had(one)) => ({
	tag: `${one.number}/0`,
	json: { ...json },
});
const unfinished = { ...had(a), status: 'processing', videoUrl: null, videoUrls: [] };

const run = (
	workload: Workload,
	videos: PlannedVideo[],
	more: Partial<RunRecord> = {},
): RunRecord => ({
	id: '1',
	workflow: '1',
	batch: { ...AGAIN, name: workload, workload, account: 0, onError: 'stopWorkflow' },
	orders: videos.map((one) => orderOf(one)),
	byUser: false,
	retry: 0,
	status: 'success',
	startedAt: 0,
	endedAt: 100_000,
	killed: false,
	seen: videos.map((one) => seen(one)),
	error: null,
	brokenFiles: [],
	...more,
});
const again = run('poll4k', [a], { byUser: true });

const payment = { at: 0, operation: 'get4k', taskId: a.taskId, index: 0, credits: 120 } as const;

const generation: JournalEntry = {
	at: 0,
	host: 'api',
	method: 'POST',
	path: '/api/v1/veo/generate',
	query: {},
	headers: {},
	body: { prompt: orderOf(a).prompt },
	jobId: null,
	taskId: a.taskId,
	httpStatus: 200,
	answer: { code: 200 },
	submission: true,
	creditsCharged: 60,
	fault: null,
};

const delivered = (at: number, status: number | null = 200): Delivery => ({
	url: '',
	taskId: a.taskId,
	operation: 'get4k',
	index: 0,
	body: '',
	attempts: [{ at, status, answer: '' }],
	state: 'delivered',
});

const evidence = (more: Partial<Evidence>): Evidence => ({
	videos: [a],
	fileUrl: FILES,
	runs: [run('poll4k', [a])],
	triggered: [],
	ledger: [payment],
	journal: [],
	deliveries: [],
	forged: [],
	restarts: [],
	forgedTraces: [],
	leaks: [],
	aborted: null,
	...more,
});
const oneRun = (more: Partial<RunRecord>, workload: Workload = 'poll4k', videos = [a]) =>
	evidence({ videos, runs: [run(workload, videos, more)] });
const restart = (from: number) => ({ how: 'SIGKILL' as const, from, until: from + 20_000 });

/** A video submitted for the trigger, whose callback has started that many executions. */
const triggered = (times: number, more: Partial<Evidence> = {}) => {
	const event = { id: '7', json: had(a) };
	return evidence({
		runs: [run('trigger4k', [a], { seen: [seen(a, unfinished)] }), again],
		triggered: Array.from({ length: times }, () => event),
		deliveries: [delivered(1)],
		...more,
	});
};
/** A suspended execution that ran out of time after 100 s, and when Kie finished its video. */
const outOfTime = (finishedAt: number, ...journal: JournalEntry[]) =>
	evidence({
		runs: [run('callback4k', [a], { seen: [seen(a, { ...unfinished, timedOut: true })] }), again],
		deliveries: [delivered(finishedAt)],
		journal,
	});
/** Put out by n8n itself, 5 minutes after a timeout of 200 s with two restarts. The last callback came then. */
const forgotten = (calledAt: number) =>
	evidence({
		runs: [run('callback4k', [a], { seen: [seen(a, unfinished)], endedAt: 500_000 }), again],
		deliveries: [delivered(50_000, null), delivered(calledAt)],
		journal: [generation],
		restarts: [restart(40_000), restart(210_000)],
	});
const generated = (
	journal: JournalEntry[],
	more: Partial<RunRecord> = {},
	...movements: number[]
) => {
	const own = { seen: [seen(a, had(a, 'base.mp4', 'generate'))], ...more };
	const ledger = movements.map(
		(credits) => ({ ...payment, operation: 'generate', credits }) as const,
	);
	return evidence({ ledger, runs: [run('generate', [a], own)], journal });
};

const broken = (of: Evidence) =>
	judge(of).flatMap(({ invariant, offenders }) => (offenders.length > 0 ? [invariant] : []));

it.each<[what: string, evidence: Evidence]>([
	['a run in which all went well', oneRun({}, 'poll4k', [a, b])],
	[
		'a killed execution whose video was fetched later',
		evidence({ runs: [run('callback4k', [a], { killed: true, seen: [] }), again] }),
	],
	['one event of one callback', triggered(1)],
	['a callback taken in while n8n was killed', triggered(0, { restarts: [restart(1)] })],
	['a video that was finished in the last moment', outOfTime(99_000)],
	[
		'a video that Kie said nothing about at the last moment',
		outOfTime(50_000, { ...generation, submission: false, at: 99_000, fault: 'html' }),
	],
	['restarts after which no callback came in time', forgotten(480_000)],
	['a restart that ended the watch before the check at the timeout', forgotten(70_000)],
	['a generation', generated([generation])],
	['one that is ordered again after a refund', generated([generation], {}, 60, -60, 60)],
])('nothing is broken by %s', (_what, of) => {
	expect(broken(of)).toEqual([]);
});

const ONE_OUTCOME = 'every item has exactly one outcome downstream';
const ONE_EXECUTION = 'every delivered callback of the trigger has exactly one execution';
const WAITED = 'no execution runs out of time whose videos were all finished well before';
const LOST = 'no video is lost';
const TWICE = 'no video is paid for twice, unless Kie.ai has refunded the first';
const FORGED = 'no forged callback has an effect';

it.each<[what: string, invariants: string[], evidence: Evidence]>([
	['a run given up', ['the run came to its end'], evidence({ aborted: 'too slow' })],
	['an item without output', [ONE_OUTCOME, LOST], oneRun({ seen: [] })],
	['an item that comes out twice', [ONE_OUTCOME], oneRun({ seen: [seen(a), seen(a)] })],
	['items in another order', [ONE_OUTCOME], oneRun({ seen: [seen(b), seen(a)] }, 'poll4k', [a, b])],
	['an execution that never ends', [ONE_OUTCOME], oneRun({ status: 'waiting' })],
	['two executions for one callback', [ONE_EXECUTION], triggered(2)],
	['no execution for a callback', [ONE_EXECUTION], triggered(0)],
	['an execution about a video nobody submitted', [ONE_EXECUTION], triggered(1, { videos: [] })],
	['an execution that waited in vain', [WAITED], outOfTime(50_000)],
	['one that did although a callback came after a restart', [WAITED], forgotten(240_000)],
	[
		'a video that fails although Kie made it',
		[LOST],
		oneRun({ seen: [seen(a, { status: 'failed', error: 'Could not get the 4K video: no' })] }),
	],
	['a second payment for an upgrade', [TWICE], evidence({ ledger: [payment, payment] })],
	['a second generation', [TWICE], generated([generation], {}, 60, 60, -60)],
	[
		'a generation sent again after its answer was lost',
		['a generation whose answer was lost is never sent again'],
		generated([{ ...generation, fault: 'reset-before', creditsCharged: 0 }, generation]),
	],
	[
		'a paid generation its execution does not name',
		[LOST, 'every paid generation is named, or its loss is told'],
		generated([generation], { status: 'error', error: 'no usable answer', seen: [] }),
	],
	[
		'only the end of a video whose first order was refunded, and the second refused',
		[LOST],
		generated(
			[generation],
			{
				status: 'error',
				error: 'no usable answer',
				seen: [],
				batch: { ...run('generate', [a]).batch, retry: 'onFail' },
			},
			60,
			-60,
		),
	],
	[
		'an accepted forgery',
		[FORGED],
		evidence({ forged: [{ kind: 'wrong proof', video: a, status: 200 }] }),
	],
	['a trace of a forgery', [FORGED], evidence({ forgedTraces: ['execution 1'] })],
	[
		'the base video as 4K',
		['every URL is the one of the wanted video and resolution'],
		oneRun({ seen: [seen(a, had(a, 'base.mp4'))] }),
	],
	['a file that is not whole', ['every downloaded file is whole'], oneRun({ brokenFiles: ['x'] })],
	['a key in the log', ['the keys appear nowhere'], evidence({ leaks: ["n8n's log"] })],
])('%s is noticed', (_what, invariants, of) => {
	expect(broken(of)).toEqual(invariants);
});
