import type { Delivery } from '../simulator';
import { runsOf } from './evidence';
import { seenOf, stateOf } from './fetched';
import type { Verdict } from './invariants';
import { isCalledBack } from './plan';
import type { ChaosOptions, ChaosResult } from './run';

/** The figures of a run and one line for each invariant, as text. */
export function report(
	{ line, seed, api = 'veo' }: Pick<ChaosOptions, 'line' | 'seed' | 'api'>,
	{ evidence, faults, took }: ChaosResult,
	verdicts: readonly Verdict[],
): string {
	const { videos, runs, journal, deliveries, forged, restarts, triggered, ledger } = evidence;
	const planned = runs.filter(({ byUser }) => !byUser);
	const killed = planned.filter((run) => run.killed);
	const attempts = deliveries.flatMap((delivery) => delivery.attempts);
	const videosOf = (list: typeof runs) =>
		new Set(list.flatMap(({ orders }) => orders.map(({ video }) => video.number))).size;
	const downloads = runs.reduce((sum, run) => sum + run.downloads, 0);
	const paid = ledger.filter(({ credits }) => credits > 0);
	const lines: Array<[string, string]> = [
		['seed', `${seed}, n8n ${line}, API ${api}, ${took.toFixed(0)} s`],
		[
			'videos',
			`${videos.length} in ${planned.length} executions: ${count(planned.flatMap(({ batch, orders }) => orders.map(() => batch.workload)))}`,
		],
		[
			'requests',
			`${journal.length} to Kie: ${count(journal.map(({ host }) => host))}; ${paid.length} paid`,
		],
		[
			'faults',
			[...faults]
				.sort()
				.map(([kind, hits]) => `${kind} ${hits}`)
				.join(', '),
		],
		[
			'callbacks',
			`${deliveries.length} in ${attempts.length} attempts, ${duplicatesIn(deliveries)} of them duplicates; ` +
				count(deliveries.map(({ state }) => state)),
		],
		[
			'planned for them',
			count(
				planned
					.filter(({ batch }) => isCalledBack(batch.workload))
					.flatMap(({ orders }) => orders.map(({ video }) => video.callback)),
			),
		],
		[
			'forged',
			`${forged.length}: ${count(forged.map(({ kind }) => kind))}; answered ${count(forged.map(({ status }) => String(status)))}`,
		],
		[
			'restarts',
			`${restarts.map(({ how, from, until }) => `${how} ${((until - from) / 1000).toFixed(0)} s`).join(', ')}; ${killed.length} executions with ${videosOf(killed)} videos killed`,
		],
		[
			'executions',
			`${count(planned.map(({ status }) => status))}; ${triggered.length} started by the trigger`,
		],
		['outcomes at first', count(videos.map((video) => firstOutcome(evidence, video)))],
		[
			'asked for again',
			`${videosOf(runs.filter(({ byUser }) => byUser))} videos, in ${runs.length - planned.length} executions`,
		],
		['outcomes in the end', count(videos.map((video) => stateOf(evidence, video)))],
		['files downloaded', String(downloads)],
	];
	const figures = lines.map(([name, text]) => `${name.padEnd(20)} ${text}`);
	const held = verdicts.map(({ invariant, offenders }) =>
		offenders.length === 0
			? `held    ${invariant}`
			: `BROKEN  ${invariant}: ${offenders.join('; ')}`,
	);
	return [...figures, '', ...held].join('\n');
}

/** How a video came out of the executions of the plan, before it was asked for again. */
function firstOutcome(
	evidence: ChaosResult['evidence'],
	video: ChaosResult['evidence']['videos'][number],
): string {
	const runs = evidence.runs.filter(({ byUser }) => !byUser);
	const [run] = runsOf({ ...evidence, runs }, video);
	if (!run) return 'never submitted';
	if (run.killed) return 'execution killed';
	const seen = seenOf({ ...evidence, runs }, video);
	if (seen.some(({ status }) => status === 'success')) return 'success';
	if (seen.some(({ timedOut }) => timedOut === true)) return 'timed out';
	if (seen.some(({ status }) => status === 'failed')) return 'failed';
	if (seen.length > 0) return 'not called back';
	return 'error of the execution';
}

/** Attempts that told n8n, or were to tell it, what an earlier one had told. */
function duplicatesIn(deliveries: readonly Delivery[]): number {
	const told = new Set<string>();
	let duplicates = 0;
	for (const { taskId, index, operation, attempts } of deliveries) {
		for (const { status, error } of attempts) {
			if (status !== 200 && error !== 'the answer was lost') continue;
			const subject = `${taskId} ${index} ${operation}`;
			if (told.has(subject)) duplicates++;
			told.add(subject);
		}
	}
	return duplicates;
}

function count(values: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return [...counts]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([value, times]) => `${value} ${times}`)
		.join(', ');
}
