import type { INodeParameters } from 'n8n-workflow';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { Gate } from '../../../nodes/KieVeo/kie/http/turns';
import type { FaultEffect, JournalEntry, Simulator } from '../../tools/simulator';
import { OF_A_MODEL, runOperation } from './runNode';

/** A run of the node with one item, and what Kie answers, every time. */
export interface Answered {
	operation: string;
	api: ApiName;
	taskId: string;
	/** Of the request that gets the answer. */
	path: string;
	answer: FaultEffect;
	/** Of the order before it, which is accepted. */
	orderPath?: string;
	/** Seconds. */
	timeout: number;
}

/** What became of it. */
export interface Told {
	/** Of the item. */
	json: { [field: string]: unknown };
	/** Of the item, if it is one of the error output. */
	error?: { message: string; description: string; httpCode: string | null };
	/** All requests of the run. */
	requests: JournalEntry[];
}

/** More at once would take so long to answer that the node, whose time passes fast, gives them up. */
const RUNS_AT_ONCE = 16;
/** A key for each run: Kie's limit on submissions holds per key. */
const keyOf = (run: number) => `kie-answered-key-${run}-`;
export const accountsFor = (runs: number) =>
	Array.from({ length: runs }, (_, run) => ({ key: keyOf(run) }));

/** Besides those that all have. */
const PARAMETERS: { [operation: string]: INodeParameters } = {
	getCredits: { resource: 'account' },
	runModel: OF_A_MODEL,
};

/** Runs the node for every row, several runs at once: most of them wait. */
export async function runAll<Row extends Answered>(
	simulator: Simulator,
	rows: readonly Row[],
): Promise<ReadonlyMap<Row, Told>> {
	const gate = new Gate(RUNS_AT_ONCE);
	const told = rows.map(
		async (row, run) =>
			await gate.run(async () => [row, await runOne(simulator, row, keyOf(run))] as const),
	);
	return new Map(await Promise.all(told));
}

async function runOne(simulator: Simulator, row: Answered, apiKey: string): Promise<Told> {
	const { operation, api, taskId, path, orderPath, answer, timeout } = row;
	const when = ({ headers }: JournalEntry) => headers.authorization === `Bearer ${apiKey}`;
	simulator.fault({ ...answer, path, when, times: Infinity });
	if (orderPath !== undefined) {
		const body = { code: 200, msg: 'success', data: { taskId: `${taskId}own` } };
		simulator.fault({ kind: 'answer', body, path: orderPath, when });
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
	const [{ json, error } = { json: {}, error: undefined }] = items;
	return { json, error: error as Told['error'], requests: simulator.journal.filter(when) };
}
