import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Stage } from '../../spec/e2e/stage';
import { AFTER, KIE } from '../../spec/e2e/workflows';
import { allItemsOf, hasEnded, type Execution } from '../n8n/execution';
import { isRecord } from '../n8n/wire';
import type {
	Evidence,
	RestartRecord,
	RunRecord,
	Seen,
	SentForgery,
	TriggeredRecord,
} from './evidence';
import { FORGED } from './forgeries';
import type { PlannedVideo } from './plan';
import { ACCOUNTS, type Receivers } from './receivers';
import type { Started } from './run';

/** What the run itself knows. */
interface Known {
	videos: PlannedVideo[];
	started: Started[];
	forged: SentForgery[];
	restarts: RestartRecord[];
	interrupted: ReadonlySet<string>;
	aborted: string | null;
}

const SECRETS = ACCOUNTS.flatMap(({ key, webhookHmacKey }) => [key, webhookHmacKey]);

/** Reads everything there is to know from n8n and the simulator. */
export async function collect(stage: Stage, receivers: Receivers, known: Known): Promise<Evidence> {
	const { client, simulator } = stage;
	const { started, interrupted, ...own } = known;
	const runs: RunRecord[] = [];
	const triggered: TriggeredRecord[] = [];
	const forgedTraces: string[] = [];
	const leaks: string[] = [];
	const read = async (id: string) => {
		const execution = await client.getExecution(id);
		const { status } = execution;
		const text = JSON.stringify(execution.data);
		if (text.includes(FORGED)) forgedTraces.push(`execution ${id}`);
		if (SECRETS.some((secret) => text.includes(secret))) leaks.push(`execution ${id}`);
		const ended = status === 'success' || status === 'error';
		const wasKilled = !ended && (interrupted.has(id) || hasEnded(execution));
		const killed = own.restarts.length > 0 && (wasKilled || diedAtStart(execution));
		return { execution, status, killed };
	};
	for (const run of started) {
		const { execution, ...state } = await read(run.id);
		const startedAt = Date.parse(execution.startedAt ?? '');
		const endedAt = execution.stoppedAt ? Date.parse(execution.stoppedAt) : null;
		const brokenFiles = await brokenFilesOf(stage, execution);
		const seen = seenIn(execution);
		const error = errorOf(execution);
		runs.push({ ...run, ...state, brokenFiles, startedAt, endedAt, seen, error });
	}
	for (const { id } of await receivers.executions(client)) {
		const { execution, ...state } = await read(id);
		const json = allItemsOf(execution, AFTER)[0]?.json ?? null;
		triggered.push({ id, ...state, json });
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
		json: isRecord(json.got) ? json.got : {},
	}));
}

function errorOf({ error }: Execution): string | null {
	return error ? `${error.message}\n${error.description ?? ''}` : null;
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
