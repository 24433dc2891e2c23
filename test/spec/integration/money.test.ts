import { startSimulator, type FaultEffect, type Simulator } from '../../tools/simulator';
import { accountsFor, runAll, type Answered } from './answered';
import { useFastTime } from './fastTime';

/*
 * What a user reads about money where an order gets no proper answer (to those: corpus.test.ts): "paid for" after a
 * request that was sent and whose answer was lost, and nowhere else; the id of a task wherever Kie has named one.
 */

useFastTime();

/** With the request that orders. */
const PATHS = {
	generate: '/api/v1/veo/generate',
	extend: '/api/v1/veo/extend',
	get4k: '/api/v1/veo/get-4k-video',
	runModel: '/api/v1/jobs/createTask',
};

const TASK = 'veo_task_named_here';
const named = (body: object | string, httpStatus = 200): FaultEffect => ({
	kind: 'answer',
	body,
	httpStatus,
});

const EFFECTS: { [kind: string]: { [what: string]: FaultEffect } } = {
	/** Kie may have accepted the request. */
	lost: {
		'a connection reset': { kind: 'reset-after' },
		'a connection reset before an answer was written': { kind: 'reset-before' },
		'an empty answer': { kind: 'empty', processed: true },
		'a page with 200': { kind: 'html', httpStatus: 200, processed: true },
		'a page with 502': { kind: 'html', httpStatus: 502, processed: true },
		'a cut answer': { kind: 'cut-json' },
	},
	/** It was not accepted, by Kie or by a host in front of it. */
	refused: {
		'a page with 404': { kind: 'html', httpStatus: 404 },
		'a redirect': { kind: 'redirect', location: 'https://example.com/' },
	},
	/** Where the name can stand: unit/meaning. */
	named: {
		'code 500': named({ code: 500, msg: 'x', data: { a: { b: { taskId: TASK } } } }),
		'a refusal': named({ code: 400, msg: 'flagged', data: { taskId: TASK } }),
		'a page': named(`<html>{"taskId":"${TASK}"}</html>`, 502),
		'a cut answer': named(`{"code":200,"data":{"taskId":"${TASK}",`),
	},
};

interface Row extends Answered {
	kind: string;
	what: string;
}

const ROWS = Object.entries(PATHS).flatMap(([operation, path]) =>
	Object.entries(EFFECTS).flatMap(([kind, effects]) =>
		Object.entries(effects).map(([what, answer]): Row => {
			const taskId = `veo_task_${operation} ${kind} ${what}`;
			return { kind, what, operation, api: 'veo', path, taskId, answer, timeout: 2 };
		}),
	),
);

let simulator: Simulator;
let told: Awaited<ReturnType<typeof runAll<Row>>>;

beforeAll(async () => {
	simulator = await startSimulator({ accounts: accountsFor(ROWS.length) });
	for (const { taskId } of ROWS) simulator.addVideo({ taskId });
	told = await runAll(simulator, ROWS);
}, 120_000);
afterAll(async () => await simulator.close());

it.each(ROWS.map((row) => [row.operation, row.what, row.kind, row] as const))(
	'%s after %s is told as %s',
	(operation, _what, kind, row) => {
		const { json, error, requests = [] } = told.get(row) ?? {};
		const text = error ? `${error.message} ${error.description}` : JSON.stringify(json);
		const orders = requests.filter(({ path }) => path === row.path);
		const paid = orders.filter(({ creditsCharged }) => creditsCharged > 0);
		const isUpgrade = operation === 'get4k';
		if (kind === 'lost') expect(text).toContain('may have been started and paid for');
		if (kind === 'refused') expect(text).not.toContain('paid for');
		else expect(text).not.toContain('Nothing was started');
		if (kind === 'named') expect(text).toContain(isUpgrade ? row.taskId : TASK);
		// The 4K request is repeated, and billed once.
		else if (kind === 'lost' && !isUpgrade) expect(orders).toHaveLength(1);
		expect(paid).toHaveLength(kind === 'lost' && row.answer.kind !== 'reset-before' ? 1 : 0);
	},
);
