import type { KieAnswer } from './answer';
import { readTaskState } from './fields';

/** Kie's code for an order that it has newly accepted, and whose end it reports. */
export const ORDERED = 200;

/**
 * What it means that Kie answers a repeated 4K request with "in progress".
 *
 * - `running`: the state of the running upgrade.
 * - `perhapsReordered`: Kie may have started another upgrade.
 * - `reordered`: Kie has started another one, so the previous one has failed.
 */
export type Repeat = 'running' | 'perhapsReordered' | 'reordered';

/**
 * How many times Kie may accept the same upgrade as new. An upgrade that fails before the next request is never
 * seen running, and a repeat answered with 200 is undocumented.
 */
const MOST_ORDERS = 5;

/**
 * The rule about repeating the 4K request, Kie's only request that is both a state request and an
 * order. Kie documents 422 with the state for a repeat, and 200 for a newly started upgrade. A 200 with the
 * record of a finished task shows the base video and orders nothing. Pure.
 *
 * @param earlier Kie's codes in the answers so far for this upgrade, the submission's first
 * @param answer the answer to judge
 * @see https://docs.kie.ai/veo3-api/get-veo-3-4k-video
 */
export function judgeRepeat(
	earlier: ReadonlyArray<number | null>,
	{ code, data }: Pick<KieAnswer, 'code' | 'data'>,
): Repeat {
	if (code !== ORDERED || readTaskState(data) === 'success') return 'running';
	const orders = earlier.filter((one) => one === ORDERED).length;
	const wasRunning = orders < earlier.length;
	return wasRunning || orders >= MOST_ORDERS ? 'reordered' : 'perhapsReordered';
}
