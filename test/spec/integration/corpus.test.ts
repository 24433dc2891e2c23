import { startSimulator, type Simulator } from '../../tools/simulator';
import { VIDEO } from '../corpus/answers';
import { ACCOUNTS, isNewOrder, RECORD, REPEATED, ROWS, runCorpus, type Row } from './corpusBatch';
import { useFastTime } from './fastTime';

/*
 * Every row of the corpus through the node, with both APIs and at every place where it can come: whether the request
 * is sent again, and what the user reads.
 */

useFastTime();

let simulator: Simulator;
let told: Awaited<ReturnType<typeof runCorpus>>;

beforeAll(async () => {
	simulator = await startSimulator({ accounts: ACCOUNTS });
	told = await runCorpus(simulator);
}, 600_000);
afterAll(async () => await simulator.close());

const PENDING = ['processing', 'unclear'];
const FAULTS = ['server', 'taskOrServer', 'unreadable'];
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
	const { json, error, sent } = one;
	return { json, error, sent: sent.length, said: `${error?.message} ${error?.description}` };
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
			const { taskId } = (row.answer.body as { data: { taskId: string } }).data;
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

/** How many times the other API was asked, which may know the task. */
const askedElsewhere = ({ api, ...row }: Row) => {
	const taskId = row.orderPath === undefined ? row.taskId : row.ownTaskId;
	return simulator.requests({ path: RECORD[api === 'veo' ? 'jobs' : 'veo'], taskId }).length;
};

describe('the record of a task that was ordered just now', () => {
	it.each(of('ownRecord'))(NAME, (_api, operation, _what, meaning, row) => {
		const { sent } = found(row);
		const isMissing = meaning === 'unknownTask' || meaning === 'featureDisabled';
		// An upgrade is known to the API that has ordered it.
		expect(askedElsewhere(row) > 0).toBe(isMissing && operation === 'generate');
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
		const { sent } = found(row);
		const isMissing = meaning === 'unknownTask' || meaning === 'featureDisabled';
		expect(askedElsewhere(row)).toBe(isMissing ? 1 : 0);
		if (meaning === 'success') {
			expectVideo(row);
			expect(sent).toBe(1);
		} else if (PENDING.includes(meaning)) {
			expectProcessing(row);
			expect(sent).toBeGreaterThan(1);
		} else {
			// Kie also answers with success and no data.
			expectError(row, isMissing && row.code === 200 ? 'is null' : row.words);
			expect(sent).toBe([...REPEATED, ...FAULTS].includes(meaning) ? ATTEMPTS : 1);
		}
	});
});

describe('the balance', () => {
	it.each(of('service'))(NAME, (_api, _operation, _what, meaning, row) => {
		expectError(row);
		expect(found(row).sent).toBe([...REPEATED, ...FAULTS].includes(meaning) ? ATTEMPTS : 1);
	});
});
