import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isJsonObject } from '../../../nodes/KieVeo/values';
import type { Stage } from '../../spec/e2e/stage';
import { AFTER, KIE } from '../../spec/e2e/workflows';
import { allItemsOf, hasEnded, type Execution } from '../n8n/execution';
import type { Evidence, RunRecord, Seen, Started } from './evidence';
import { FORGED } from './forgeries';
import { ACCOUNTS, type Receivers } from './receivers';

/** What the run itself knows. */
export interface Known extends Pick<Evidence, 'videos' | 'forged' | 'restarts' | 'aborted'> {
	started: Started[];
	/** Executions a restart of n8n found running. */
	interrupted: Set<string>;
}

const SECRETS = ACCOUNTS.flatMap(({ key, webhookHmacKey }) => [key, webhookHmacKey]);

/** Reads everything there is to know from n8n and the simulator. */
export async function collect(stage: Stage, receivers: Receivers, known: Known): Promise<Evidence> {
	const { client, simulator } = stage;
	const { started, interrupted, ...own } = known;
	const runs: RunRecord[] = [];
	const triggered: Evidence['triggered'] = [];
	const forgedTraces: string[] = [];
	const leaks: string[] = [];
	const read = async (id: string) => {
		const execution = await client.getExecution(id);
		const text = JSON.stringify(execution.data);
		if (text.includes(FORGED)) forgedTraces.push(`execution ${id}`);
		if (SECRETS.some((secret) => text.includes(secret))) leaks.push(`execution ${id}`);
		return execution;
	};
	for (const run of started) {
		const execution = await read(run.id);
		const { status, startedAt, stoppedAt, error } = execution;
		const ended = status === 'success' || status === 'error';
		const wasKilled = !ended && (interrupted.has(run.id) || hasEnded(execution));
		runs.push({
			...run,
			status,
			startedAt: Date.parse(startedAt ?? ''),
			endedAt: stoppedAt ? Date.parse(stoppedAt) : null,
			killed: own.restarts.length > 0 && (wasKilled || diedAtStart(execution)),
			seen: seenIn(execution),
			error: error ? `${error.message}\n${error.description ?? ''}` : null,
			brokenFiles: await brokenFilesOf(stage, execution),
		});
	}
	for (const { id } of await receivers.executions()) {
		triggered.push({ id, json: allItemsOf(await read(id), AFTER)[0]?.json ?? null });
	}
	return {
		...own,
		runs,
		triggered,
		forgedTraces,
		leaks: [...leaks, ...leaksOutside(stage)],
		fileUrl: simulator.fileUrl,
		ledger: simulator.accounts.flatMap(({ ledger }) => ledger),
		journal: [...simulator.journal],
		deliveries: simulator.deliveries.filter(({ body }) => !body.includes(FORGED)),
	};
}

/** n8n resumes what is overdue while it is still starting, and can fail at that. */
function diedAtStart({ error }: Execution): boolean {
	return error?.message.endsWith('not yet initialized') ?? false;
}

/** What the last node got, in all of its runs. */
function seenIn(execution: Execution): Seen[] {
	return allItemsOf(execution, AFTER).map(({ json }) => ({
		tag: String(json.tag),
		json: isJsonObject(json.got) ? json.got : {},
	}));
}

/** Compares every downloaded file with the one on the file host. */
async function brokenFilesOf(
	{ client, simulator }: Stage,
	execution: Execution,
): Promise<string[]> {
	const brokenFiles: string[] = [];
	for (const { json, binary } of allItemsOf(execution, KIE)) {
		if (!binary?.data) continue;
		const bytes = await client.downloadBinary(binary.data);
		const sum = createHash('sha256').update(bytes).digest('hex');
		if (sum !== (await simulator.fileSha256(String(json.videoUrl)))) {
			brokenFiles.push(`${String(json.taskId)} in execution ${execution.id}`);
		}
	}
	return brokenFiles;
}

/** Log, database, and requests that must not carry a key. */
function leaksOutside({ n8n, simulator }: Stage): string[] {
	const leaks: string[] = [];
	const look = (place: string, content: string | Buffer) => {
		if (SECRETS.some((secret) => content.includes(secret))) leaks.push(place);
	};
	look("n8n's log", n8n.log());
	const folder = join(n8n.userFolder, '.n8n');
	for (const file of readdirSync(folder).filter((name) => name.startsWith('database.sqlite'))) {
		look(file, readFileSync(join(folder, file)));
	}
	for (const { headers, path, query, taskId } of simulator.requests({ host: 'file' })) {
		look(`request for the file of ${taskId}`, JSON.stringify([headers, path, query]));
	}
	for (const { url, body, attempts, taskId } of simulator.deliveries) {
		look(`callback about ${taskId}`, JSON.stringify([url, body, attempts]));
	}
	return leaks;
}
