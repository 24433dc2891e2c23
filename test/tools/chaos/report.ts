import { stateOf, type RunRecord } from './evidence';
import type { Verdict } from './invariants';
import type { ChaosOptions, ChaosResult } from './run';

/** The figures of a run and one line for each invariant, as text. */
export function report(
	{ line, seed, api }: ChaosOptions,
	{ evidence, faults, took, log }: ChaosResult,
	verdicts: readonly Verdict[],
): string {
	const { videos, runs, journal, deliveries, forged, restarts, triggered, ledger } = evidence;
	const planned = runs.filter(({ byUser, retry }) => !byUser && retry === 0);
	const again = runs.filter(({ byUser }) => byUser);
	const retried = runs.filter(({ batch, retry }) => retry > 0 || batch.retry === 'onFail');
	const pickedUp = log.match(/was picked up/g) ?? [];
	const blips = log.match(/the database fails/g) ?? [];
	const killed = planned.filter((run) => run.killed);
	const attempts = deliveries.flatMap((delivery) => delivery.attempts).length;
	const ofRestart = restarts.map(
		({ how, from, until }) => `${how} ${((until - from) / 1000).toFixed(0)} s`,
	);
	const refunds = ledger.filter(({ credits }) => credits < 0).length;
	const paid = ledger.filter(({ credits }) => credits > 0).length;
	const figures = {
		seed: `${seed}, n8n ${line}, API ${api}, ${took.toFixed(0)} s`,
		videos: `${videos.length} in ${planned.length} executions: ${count(planned.flatMap(({ batch, orders }) => orders.map(() => batch.workload)))}`,
		requests: `${journal.length} to Kie: ${count(journal.map(({ host }) => host))}; ${paid} paid`,
		faults: [...faults]
			.sort()
			.map(([kind, hits]) => `${kind} ${hits}`)
			.join(', '),
		callbacks: `${deliveries.length} in ${attempts} attempts; ${count(deliveries.map(({ state }) => state))}; ${triggered.length} executions of the trigger`,
		forged: `${forged.length}: ${count(forged.map(({ kind }) => kind))}; answered ${count(forged.map(({ status }) => String(status)))}`,
		restarts: `${ofRestart.join(', ')}; ${killed.length} executions with ${videosOf(killed)} videos killed; n8n failed to store ${blips.length} times`,
		executions: count(planned.map(({ status }) => status)),
		retries: `${videosOf(retried)} videos in ${retried.length} executions: ${count(retried.map(({ batch }) => batch.retry ?? ''))}; ${pickedUp.length} orders picked up; ${refunds} refunded`,
		'asked for again': `${videosOf(again)} videos, in ${again.length} executions`,
		'in the end': count(videos.map((video) => stateOf(evidence, video))),
	};
	const held = verdicts.map(({ invariant, offenders }) =>
		offenders.length === 0
			? `held    ${invariant}`
			: `BROKEN  ${invariant}: ${offenders.join('; ')}`,
	);
	const lines = Object.entries(figures).map(([name, text]) => `${name.padEnd(16)} ${text}`);
	return [...lines, '', ...held].join('\n');
}

function videosOf(runs: readonly RunRecord[]): number {
	return new Set(runs.flatMap(({ orders }) => orders.map(({ video }) => video.number))).size;
}

function count(values: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	const parts = [...counts].map(([value, times]) => `${value} ${times}`);
	return parts.sort().join(', ');
}
