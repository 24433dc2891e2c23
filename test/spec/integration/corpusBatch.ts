import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { Gate } from '../../../nodes/KieVeo/kie/http/turns';
import type { JournalEntry, Simulator } from '../../tools/simulator';
import { ANSWERS, type AnswerRow } from '../corpus/answers';
import { TEXTS, type Meanings } from '../corpus/texts';
import { runNode } from './runNode';

/*
 * Every row of the corpus as an item of a run of the node: at each place where an answer can come, and with each
 * API that has the place.
 */

const VEO = '/api/v1/veo';
const CREATE_JOB = '/api/v1/jobs/createTask';
export const RECORD = { veo: `${VEO}/record-info`, jobs: '/api/v1/jobs/recordInfo' };

type Place = Exclude<keyof Meanings, 'callback' | 'reason'>;

/** Where an answer comes, and how a user gets there. */
interface Way {
	place: Place;
	api: ApiName;
	operation: 'generate' | 'runModel' | 'get4k' | 'get1080p' | 'get' | 'getCredits';
	/** Of the request that gets the answer. */
	path: string;
	/** Of the order before it, which is accepted. */
	orderPath?: string;
}

const WAYS: readonly Way[] = [
	{ place: 'order', api: 'veo', operation: 'generate', path: `${VEO}/generate` },
	{ place: 'order', api: 'veo', operation: 'runModel', path: CREATE_JOB },
	...(['generate', 'get4k', 'get1080p'] as const).flatMap((operation): Way[] => [
		{ place: 'order', api: 'jobs', operation, path: CREATE_JOB },
		{ place: 'ownRecord', api: 'jobs', operation, path: RECORD.jobs, orderPath: CREATE_JOB },
	]),
	{ place: 'get4k', api: 'veo', operation: 'get4k', path: `${VEO}/get-4k-video` },
	{ place: 'get1080p', api: 'veo', operation: 'get1080p', path: `${VEO}/get-1080p-video` },
	{
		place: 'ownRecord',
		api: 'veo',
		operation: 'generate',
		path: RECORD.veo,
		orderPath: `${VEO}/generate`,
	},
	{ place: 'record', api: 'veo', operation: 'get', path: RECORD.veo },
	{ place: 'record', api: 'jobs', operation: 'get', path: RECORD.jobs },
	{ place: 'service', api: 'veo', operation: 'getCredits', path: '/api/v1/chat/credit' },
];

/** A row of the corpus at one place. */
export interface Row extends Way {
	/** Also the prompt of a new video. */
	taskId: string;
	/** Under which an order before the answer was accepted. */
	ownTaskId: string;
	meaning: string;
	what: string;
	/** Kie's words, and the code beside them. */
	words: string;
	code: number | null;
	answer: { body: unknown; httpStatus?: number };
}

/** What became of it. */
export interface Told {
	/** Of the item. */
	json: { [field: string]: unknown };
	/** Of the item, if it is one of the error output. */
	error?: { message: string; description: string; httpCode: string | null };
	/** The requests that got the answer. */
	sent: JournalEntry[];
}

type Answer = Pick<Row, 'what' | 'words' | 'code' | 'answer'> & { means: AnswerRow['means'] };

const OF_TEXTS = TEXTS.map(
	({ code, text, means }): Answer => ({
		what: `${code} ${text}`,
		words: text,
		code,
		answer: { body: { code, msg: text, data: null } },
		means,
	}),
);
const OF_ANSWERS = ANSWERS.map(({ what, body, httpStatus, means, message, code }): Answer => {
	const envelope = body as { code: number; msg: string };
	return {
		what,
		words: message ?? envelope.msg,
		code: code === undefined ? envelope.code : code,
		answer: { body, httpStatus },
		means,
	};
});

export const ROWS: readonly Row[] = WAYS.flatMap((way) =>
	[...OF_TEXTS, ...OF_ANSWERS].flatMap(({ means, ...row }) => {
		const meaning = means[way.place];
		return meaning === undefined ? [] : [{ ...way, ...row, meaning }];
	}),
).map((row, index) => ({ ...row, taskId: `veo_row_${index}_`, ownTaskId: `veo_own_${index}_` }));

/** What makes the node send a paid order again; it is tried for as long as the user waits. */
export const REPEATED = ['rateLimit', 'maintenance'];
/** Answers to a 4K order that are told as a new order: Kie documents 422 for a repeated one. */
export const isNewOrder = ({ code, answer: { body } }: Row): boolean =>
	code === 200 &&
	Number((body as { data: { successFlag?: unknown } | null }).data?.successFlag) !== 1;

/** Seconds. Several checks; what ends after a number of attempts has all the time it needs. */
function timeoutOf(row: Row): number {
	const { place, meaning } = row;
	const isCounted = place === 'get4k' && (isNewOrder(row) || meaning === 'unreadable');
	if (isCounted || meaning === 'server' || meaning === 'taskOrServer') return 120;
	return REPEATED.includes(meaning) ? 12 : 4;
}

/** Fewer than the orders that Kie accepts at once. */
const ITEMS = 15;

/** The rows that share a run. What Kie does not accept yet would delay the other orders. */
function batchesOf(rows: readonly Row[]): Row[][] {
	const isAlone = ({ meaning, place }: Row) => REPEATED.includes(meaning) || place === 'service';
	const alone = rows.filter(isAlone).map((row) => [row]);
	const together = WAYS.flatMap((way) => {
		const same = rows.filter((row) => !isAlone(row) && isOf(row, way));
		const starts = same.flatMap((_, index) => (index % ITEMS === 0 ? [index] : []));
		return starts.map((start) => same.slice(start, start + ITEMS));
	});
	return [...alone, ...together];
}

const isOf = (row: Row, { place, api, operation }: Way) =>
	row.place === place && row.api === api && row.operation === operation;
/** Kie's limit on submissions holds per key. */
const keyOf = (batch: number) => `kie-corpus-key-${batch}-`;
const BATCHES = batchesOf(ROWS);

export const ACCOUNTS = BATCHES.map((_, batch) => ({ key: keyOf(batch) }));

/** Whether a request names a row, by its key and ID. */
function isAbout({ headers, body, query }: JournalEntry, id: string, apiKey: string): boolean {
	if (headers.authorization !== `Bearer ${apiKey}`) return false;
	const { prompt, taskId, input = {} } = (body ?? {}) as { [field: string]: unknown };
	const job = input as { [field: string]: unknown };
	return [query.taskId, taskId, prompt, job.prompt, job.task_id, job.taskId].includes(id);
}

async function runBatch(
	simulator: Simulator,
	rows: Row[],
	apiKey: string,
	told: Map<Row, Told>,
): Promise<void> {
	const [{ operation, api, path, orderPath }] = rows as [Row];
	const isOne = operation === 'getCredits';
	const when =
		(id: string) =>
		(request: JournalEntry): boolean =>
			isOne ? request.headers.authorization === `Bearer ${apiKey}` : isAbout(request, id, apiKey);
	const idOf = (row: Row) => (orderPath === undefined ? row.taskId : row.ownTaskId);
	for (const row of rows) {
		const { taskId, ownTaskId, answer } = row;
		const always = { kind: 'answer', times: Infinity } as const;
		simulator.fault({ ...always, ...answer, path, when: when(idOf(row)) });
		if (orderPath === undefined) continue;
		const body = { code: 200, msg: 'success', data: { taskId: ownTaskId } };
		simulator.fault({ ...always, body, path: orderPath, when: when(taskId) });
	}
	const { items } = await runNode({
		parameters: {
			resource: isOne ? 'account' : operation === 'runModel' ? 'task' : 'video',
			operation,
			taskId: '={{ $json.taskId }}',
			prompt: '={{ $json.taskId }}',
			modelId: 'google/nano-banana',
			inputMode: 'json',
			inputJson: '={{ JSON.stringify({ prompt: $json.taskId }) }}',
			waitMode: 'poll',
			options: { pollInterval: 1, timeout: '={{ $json.timeout }}', onTimeout: 'continue' },
		},
		items: rows.map((row) => ({ json: { taskId: row.taskId, timeout: timeoutOf(row) } })),
		credentials: { apiKey, baseUrl: simulator.apiUrl, api },
		onError: 'continueErrorOutput',
	}).catch((error: unknown) => ({ items: rows.map(() => ({ json: {}, error })) }));
	rows.forEach((row, index) => {
		const { json = {}, error } = items[index] ?? {};
		const sent = simulator.requests({ path }).filter(when(idOf(row)));
		told.set(row, { json, error: error as Told['error'], sent });
	});
}

/** More at once would take so long to answer that the node, whose time passes fast, gives them up. */
const RUNS_AT_ONCE = 16;

/** Runs the node for every row, several runs at once: most of them wait. */
export async function runCorpus(simulator: Simulator): Promise<ReadonlyMap<Row, Told>> {
	const told = new Map<Row, Told>();
	const gate = new Gate(RUNS_AT_ONCE);
	const run = async (rows: Row[], batch: number) =>
		await gate.run(async () => await runBatch(simulator, rows, keyOf(batch), told));
	await Promise.all(BATCHES.map(run));
	return told;
}
