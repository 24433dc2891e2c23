import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import type { INodeExecutionData } from 'n8n-workflow';

import { systemClock } from '../../../nodes/KieVeo/kie/http/clock';
import { suspend } from '../../../nodes/KieVeo/suspension/suspend';
import { watch } from '../../../nodes/KieVeo/suspension/watch';
import { executeContextOf } from './runNode';

const SUSPENSIONS = 500;
const VIDEOS = 10;
/** Bytes of data an execution carries: so many that what other files of this process leave behind does not count. */
const DATA = 500_000;
const KEY = Buffer.alloc(32, 1);

let mockTicks = 0;
// Other test files of this process leave watches of their own behind: only this one's ticks count.
jest.mock('../../../nodes/KieVeo/suspension/watch', () => {
	const actual = jest.requireActual<typeof import('../../../nodes/KieVeo/suspension/watch')>(
		'../../../nodes/KieVeo/suspension/watch',
	);
	const tick = async () => {
		mockTicks++;
		await actual.tick();
	};
	return { ...actual, watch: new actual.Watch({ now: Date.now, random: Math.random }, tick) };
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use after everything that can be forgotten is forgotten. */
async function heap(): Promise<number> {
	for (let round = 0; round < 3; round++) {
		collectGarbage();
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return process.memoryUsage().heapUsed;
}

/** Suspends an execution with much data, in n8n's own context. */
async function suspendOne(execution: number): Promise<void> {
	const items: INodeExecutionData[] = Array.from({ length: VIDEOS }, (_, index) => ({
		json: {
			...{ operation: 'get4k', status: 'processing', code: 200, index: 0 },
			taskId: `${execution} ${index}`,
			data: Buffer.alloc(DATA / VIDEOS, 65 + index).toString(),
		},
	}));
	const executionId = `memory-${execution}`;
	const { context } = executeContextOf({ parameters: {}, credentials: {}, items, executionId });
	await suspend(context, { addressKey: KEY, clock: systemClock }, items, [], {
		round: -1,
		resumeUrl: `http://127.0.0.1:9/webhook-waiting/${executionId}/kie-veo?signature=${'a'.repeat(64)}`,
		deadline: Date.now() + 1_800_000,
	});
}

it(`${SUSPENSIONS} suspended executions keep no data of theirs in memory, and one timer`, async () => {
	await suspendOne(-1);
	const before = await heap();
	const since = Date.now();
	mockTicks = 0;
	for (let execution = 0; execution < SUSPENSIONS; execution++) await suspendOne(execution);
	const grown = (await heap()) - before;
	await new Promise((resolve) => setTimeout(resolve, 3_000));
	const ticks = mockTicks;
	const seconds = (Date.now() - since) / 1000;
	console.log(
		`${SUSPENSIONS} suspensions with ${DATA / 1000} kB each: ${(grown / 1000).toFixed(0)} kB more memory; ${ticks} timers in ${seconds.toFixed(1)} s`,
	);
	expect(watch.size).toBe(SUSPENSIONS + 1);
	// That of one video.
	expect(grown / SUSPENSIONS).toBeLessThan(DATA / VIDEOS);
	// One each second, however many suspensions there are.
	expect(ticks).toBeLessThanOrEqual(seconds + 1);
});
