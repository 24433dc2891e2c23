import type { INodeParameters } from 'n8n-workflow';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { Gate } from '../../../nodes/KieVeo/kie/http/turns';
import { startSimulator, type JournalEntry, type Simulator } from '../../tools/simulator';
import { ANSWERS, VIDEO } from '../corpus/answers';
import { TEXTS, type Meanings } from '../corpus/texts';
import { useFastTime } from './fastTime';
import { OF_A_MODEL, runOperation } from './runNode';

/*
 * Everything that an answer of the corpus can mean, through the node, with both APIs and at every place where it can
 * come: whether the request is sent again, and what the user reads. Which answer means what: unit/meaning.
 */

useFastTime();

const VEO = '/api/v1/veo';
const CREATE_JOB = '/api/v1/jobs/createTask';
const RECORD = { veo: `${VEO}/record-info`, jobs: '/api/v1/jobs/recordInfo' };

/** Where an answer comes, and how a user gets there. */
interface Way {
	place: Exclude<keyof Meanings, 'callback' | 'reason'>;
	api: ApiName;
	operation: string;
	/** Of the request that gets the answer, every time. */
	path: string;
	/** Of the order before it, which is accepted. */
	orderPath?: string;
}

const WAYS: readonly Way[] = [
	{ place: 'order', api: 'veo', operation: 'generate', path: `${VEO}/generate` },
	{ place: 'order', api: 'veo', operation: 'extend', path: `${VEO}/extend` },
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

/** An answer of the corpus at one place. */
interface Row extends Way {
	taskId: string;
	what: string;
	meaning: string;
	/** Kie's words, and the code beside them. */
	words: string;
	code: number | null;
	body: unknown;
	httpStatus?: number;
	/** Seconds. */
	timeout: number;
}

const ALL = [
	...TEXTS.map(({ code, text, means }) => {
		const body = { code, msg: text, data: null };
		return { what: `${code} ${text}`, words: text, code, body, means };
	}),
	...ANSWERS.map(({ message, code, ...row }) => {
		const envelope = row.body as { code: number; msg: string };
		const words = message ?? envelope.msg;
		return { ...row, words, code: code === undefined ? envelope.code : code };
	}),
];

/** Makes the node send a paid order again; it is tried for as long as the user waits. */
const REPEATED = ['rateLimit', 'maintenance'];
const FAULTS = ['server', 'taskOrServer', 'unreadable'];

/** Told as a new order, in answer to a 4K order: Kie documents 422 for a repeated one. */
const isNewOrder = ({ code, body }: Pick<Row, 'code' | 'body'>): boolean =>
	code === 200 &&
	Number((body as { data: { successFlag?: unknown } | null }).data?.successFlag) !== 1;

/** Seconds. Several checks; what ends after a number of attempts has all the time it needs. */
function timeoutOf({ place, meaning, ...row }: Omit<Row, 'timeout'>): number {
	const isCounted = place === 'get4k' && (isNewOrder(row) || meaning === 'unreadable');
	if (isCounted || meaning === 'server' || meaning === 'taskOrServer') return 120;
	return REPEATED.includes(meaning) ? 12 : 4;
}

/** One answer for each meaning and code: what comes of the others is the same. */
const ROWS = WAYS.flatMap((way): Row[] => {
	const rows = ALL.flatMap(({ means, ...answer }) => {
		const meaning = means[way.place];
		if (meaning === undefined) return [];
		const taskId = `veo_${meaning}_${answer.code}`;
		const row = { ...way, ...answer, meaning, taskId };
		return [{ ...row, timeout: timeoutOf(row) }];
	});
	return [...new Map(rows.map((row) => [`${row.taskId} ${isNewOrder(row)}`, row])).values()];
});

/** More at once would take so long to answer that the node, whose time passes fast, gives them up. */
const RUNS_AT_ONCE = 16;
/** A key for each run: Kie's limit on submissions holds per key. */
const keyOf = (run: number) => `kie-corpus-key-${run}-`;

/** Besides those that all have. */
const PARAMETERS: { [operation: string]: INodeParameters } = {
	getCredits: { resource: 'account' },
	runModel: OF_A_MODEL,
};

/** What became of an item that gets this answer, and all requests of the run. */
async function runOne({ body, httpStatus, ...row }: Row, apiKey: string) {
	const { operation, api, taskId, path, orderPath, timeout } = row;
	const when = ({ headers }: JournalEntry) => headers.authorization === `Bearer ${apiKey}`;
	simulator.fault({ kind: 'answer', body, httpStatus, path, when, times: Infinity });
	if (orderPath !== undefined) {
		const accepted = { code: 200, msg: 'success', data: { taskId: `${taskId}own` } };
		simulator.fault({ kind: 'answer', body: accepted, path: orderPath, when });
	}
	const { items } = await runOperation(
		{ apiKey, baseUrl: simulator.apiUrl, api },
		{
			operation,
			items: [{ json: { taskId, model: 'google/nano-banana' } }],
			options: { timeout, onTimeout: 'continue' },
			parameters: PARAMETERS[operation],
			onError: 'continueErrorOutput',
		},
	);
	const json = items[0]?.json ?? {};
	const error = items[0]?.error as
		| { message: string; description: string; httpCode: string | null }
		| undefined;
	return { json, error, requests: simulator.journal.filter(when) };
}

let simulator: Simulator;
let told: ReadonlyMap<Row, Awaited<ReturnType<typeof runOne>>>;

beforeAll(async () => {
	const accounts = ROWS.map((_, run) => ({ key: keyOf(run) }));
	simulator = await startSimulator({ accounts });
	// Most of them wait.
	const gate = new Gate(RUNS_AT_ONCE);
	const runs = ROWS.map(
		async (row, run) => await gate.run(async () => [row, await runOne(row, keyOf(run))] as const),
	);
	told = new Map(await Promise.all(runs));
}, 600_000);
afterAll(async () => await simulator.close());

const PENDING = ['processing', 'unclear'];
/** After as many attempts a read is given up; a task that may have failed has. */
const ATTEMPTS = 5;

const of = (place: Row['place']) =>
	ROWS.filter((row) => row.place === place).map(
		(row) => [row.api, row.operation, row.what, row.meaning, row] as const,
	);
const NAME = '(%s, %s) answered with "%s" is %s';

const found = (row: Row) => {
	const one = told.get(row);
	if (!one) throw new Error('not run');
	const { json, error, requests } = one;
	/** How often the other API was asked, which may know the task. */
	const elsewhere = RECORD[row.api === 'veo' ? 'jobs' : 'veo'];
	const timesOf = (path: string) => requests.filter((request) => request.path === path).length;
	return {
		json,
		error,
		sent: timesOf(row.path),
		askedElsewhere: timesOf(elsewhere),
		said: `${error?.message} ${error?.description}`,
	};
};
/** It ended with Kie's own words and code. */
const expectError = (row: Row, words = row.words) => {
	const { json, error } = found(row);
	expect(json.status).toBe(row.place === 'service' ? undefined : 'failed');
	expect(error?.message).toContain(words);
	expect(error?.httpCode).toBe(row.code === null ? null : String(row.code));
};
const expectVideo = (row: Row) => {
	const { json, error } = found(row);
	expect(error).toBeUndefined();
	expect(json).toMatchObject({ status: 'success', videoUrls: expect.arrayContaining([VIDEO]) });
};
const expectProcessing = (row: Row) => {
	const { json, error } = found(row);
	expect(error).toBeUndefined();
	const files = row.operation === 'runModel' ? 'fileUrls' : 'videoUrls';
	expect(json).toMatchObject({ status: 'processing', timedOut: true, [files]: [] });
};

describe('an order', () => {
	it.each(of('order'))(NAME, (_api, operation, _what, meaning, row) => {
		const { json, sent, said } = found(row);
		if (REPEATED.includes(meaning)) expect(sent).toBeGreaterThan(1);
		else expect(sent).toBe(1);
		if (meaning === 'created') {
			const { taskId } = (row.body as { data: { taskId: string } }).data;
			expect(json[operation.startsWith('get') ? 'kieTaskId' : 'taskId']).toBe(taskId);
			expectProcessing(row);
			return;
		}
		expectError(row);
		expect(said.includes('may have been started and paid for')).toBe(meaning === 'lost');
	});
});

describe.each(['get4k', 'get1080p'] as const)('%s', (place) => {
	it.each(of(place))(NAME, (_api, _operation, _what, meaning, row) => {
		const { error, sent, said } = found(row);
		if (meaning === 'success') {
			expectVideo(row);
			expect(sent).toBe(1);
		} else if (place === 'get4k' && meaning === 'processing' && isNewOrder(row)) {
			// Kie treats the repeated order as a new one, again and again.
			expect(error?.message).toContain('treated the status request as a new order');
			expect(sent).toBe(1 + ATTEMPTS);
		} else if (PENDING.includes(meaning)) {
			expectProcessing(row);
			expect(sent).toBeGreaterThan(1);
		} else {
			expectError(row);
			if (FAULTS.includes(meaning)) expect(sent).toBe(ATTEMPTS);
			else expect(sent > 1).toBe(REPEATED.includes(meaning));
			expect(said.includes('paid for')).toBe(FAULTS.includes(meaning));
			expect(said).not.toContain('generate the video again');
		}
	});
});

describe('the record of a task that was ordered just now', () => {
	it.each(of('ownRecord'))(NAME, (_api, operation, _what, meaning, row) => {
		const { sent, askedElsewhere } = found(row);
		const isMissing = meaning === 'unknownTask' || meaning === 'featureDisabled';
		// An upgrade is known to the API that has ordered it.
		expect(askedElsewhere > 0).toBe(isMissing && operation === 'generate');
		if (meaning === 'success') {
			expectVideo(row);
			expect(sent).toBe(1);
		} else if (meaning === 'taskOrServer') {
			expectError(row);
			expect(sent).toBe(ATTEMPTS);
		} else if ([...PENDING, ...REPEATED, 'unreadable', 'unknownTask'].includes(meaning)) {
			// What was ordered seconds ago is not missing yet, and a fault ends no wait for a paid video.
			expectProcessing(row);
			expect(sent).toBeGreaterThan(1);
		} else {
			expectError(row);
			expect(sent).toBe(1);
		}
	});
});

describe('the record of any task', () => {
	it.each(of('record'))(NAME, (_api, _operation, _what, meaning, row) => {
		const { sent, askedElsewhere } = found(row);
		const isMissing = meaning === 'unknownTask' || meaning === 'featureDisabled';
		expect(askedElsewhere).toBe(isMissing ? 1 : 0);
		if (meaning === 'success') {
			expectVideo(row);
			expect(sent).toBe(1);
		} else if (PENDING.includes(meaning)) {
			expectProcessing(row);
			expect(sent).toBeGreaterThan(1);
		} else {
			// Kie also answers with success and no data.
			expectError(row, isMissing && row.code === 200 ? 'is null' : row.words);
			if (REPEATED.includes(meaning)) expect(sent).toBeGreaterThanOrEqual(ATTEMPTS);
			else expect(sent).toBe(FAULTS.includes(meaning) ? ATTEMPTS : 1);
		}
	});
});

describe('the balance', () => {
	it.each(of('service'))(NAME, (_api, _operation, _what, meaning, row) => {
		expectError(row);
		expect(found(row).sent).toBe([...REPEATED, ...FAULTS].includes(meaning) ? ATTEMPTS : 1);
	});
});
