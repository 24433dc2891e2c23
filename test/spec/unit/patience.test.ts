import { KieVeoError } from '../../../nodes/KieVeo/messages/error';
import type { ApiName, Order } from '../../../nodes/KieVeo/kie/api';
import { TASK, VIDEO } from '../corpus/answers';
import { fakeKie, GENERATE, GET_4K, workOf } from './fakeKie';

/* How long the node waits for what Kie's answers do not settle. */

const upgrade = (operation: 'get4k' | 'get1080p'): Order => ({
	...GET_4K,
	operation,
	taskId: TASK,
});
const ok = (data: unknown) => ({ code: 200, msg: 'success', data });
const ACCEPTED = ok({ taskId: TASK, resultUrls: null });
const NOT_YET = 'record status is not success';
const refused = (code: number, msg: string) => ({ code, msg, data: null });

/** Submits an order and polls for it, every 30 s and for half an hour at most unless told otherwise. */
async function wait(
	order: Order,
	replies: Array<object | string>,
	{
		name = 'veo',
		headers = {},
		now,
		timeout = 1800,
	}: {
		name?: ApiName;
		headers?: { [name: string]: string };
		now?: () => number;
		timeout?: number;
	} = {},
) {
	const { api, calls, clock, stop } = fakeKie(replies, headers, name);
	clock.now = now ?? clock.now;
	const connection = { api, clock, signal: stop.signal };
	const work = workOf(order, connection, { waitMode: 'poll', timeout });
	await work.submit();
	const ended = await work.finish(false).then(
		() => work.run,
		(error: unknown) => error,
	);
	return { ended, minutes: clock.time / 60_000, requests: calls.length };
}

function errorOf({ ended }: { ended: unknown }): KieVeoError {
	if (!(ended instanceof KieVeoError)) throw new Error('no error was raised');
	return ended;
}

it('A created video is waited for while its record is not there yet', async () => {
	const notYet = Array.from({ length: 8 }, () => refused(422, NOT_YET));
	const done = ok({ taskId: TASK, successFlag: 1, response: { resultUrls: [VIDEO] } });
	const { ended, minutes } = await wait(GENERATE, [ACCEPTED, ...notYet, done]);
	expect(ended).toMatchObject({ result: { status: 'success', videoUrl: VIDEO } });
	expect(minutes).toBe(4.5);
	// And no longer than the user wants.
	const never = await wait(GENERATE, [ACCEPTED, refused(422, NOT_YET)]);
	expect(errorOf(never).timedOut).toBe(true);
	expect(never.minutes).toBe(30);
});

it('A clock of the machine that is set back or forward changes no waiting time', async () => {
	const replies = [refused(455, 'maintenance'), ACCEPTED, refused(422, 'record is null')];
	const expected = await wait(GENERATE, replies);
	expect(expected.minutes).toBe(91 / 60);
	for (const step of [-3_600_000, 3_600_000]) {
		let reads = 0;
		const { minutes, requests } = await wait(GENERATE, replies, { now: () => step * reads++ });
		expect({ minutes, requests }).toStrictEqual({
			minutes: expected.minutes,
			requests: expected.requests,
		});
	}
});

it.each([
	['between two checks', 95, 3, 95 / 60],
	['before the first check', 5, 0, 5 / 60],
])('A task is checked a last time when the time ends %s', async (...row) => {
	const [, timeout, early, minutes] = row;
	const notYet = Array.from({ length: early }, () => refused(422, NOT_YET));
	const done = ok({ taskId: TASK, successFlag: 1, response: { resultUrls: [VIDEO] } });
	const ready = await wait(GENERATE, [ACCEPTED, ...notYet, done], { timeout });
	expect(ready.ended).toMatchObject({ result: { status: 'success' } });
	expect(ready.minutes).toBe(minutes);
	const late = await wait(GENERATE, [ACCEPTED, refused(422, NOT_YET)], { timeout });
	expect(errorOf(late).timedOut).toBe(true);
	expect(late).toMatchObject({ minutes, requests: early + 2 });
});

describe('answers that nobody knows', () => {
	const UNKNOWN = 'Validation Error - The request parameters failed validation checks';
	it.each<[operation: 'get4k' | 'get1080p', usual: number, code: number, msg: string]>([
		['get4k', 12, 422, UNKNOWN],
		['get1080p', 5, 400, 'Only 16:9 is supported for 1080P'],
	])('to %s are asked again for twice the usual %d minutes: %d "%s"', async (...row) => {
		const [operation, usual, code, msg] = row;
		const waited = await wait(upgrade(operation), [refused(code, msg)]);
		const error = errorOf(waited);
		expect(waited.minutes).toBe(2 * usual + 0.5);
		expect(error.message).toContain(`is unclear after ${2 * usual} minutes: ${msg}`);
		expect(error.description).toContain('https://kie.ai/logs');
		expect(error).toMatchObject({ kieCode: code, taskId: TASK, failure: null });
	});

	it('to 4K are forgotten once Kie.ai accepts the order', async () => {
		const done = { ...ok({ taskId: TASK, resultUrls: [VIDEO] }), code: 422 };
		const unknown = refused(422, UNKNOWN);
		const { ended } = await wait(upgrade('get4k'), [unknown, unknown, ACCEPTED, done]);
		expect(ended).toMatchObject({ result: { status: 'success', videoUrl: VIDEO } });
	});

	it('to a video that was being made until then do not end the wait at once', async () => {
		const running = ok({ taskId: TASK, successFlag: 0 });
		const bare = ok({ taskId: TASK, successFlag: 1, response: { resultUrls: [] } });
		const done = ok({ taskId: TASK, successFlag: 1, response: { resultUrls: [VIDEO] } });
		const answers = [ACCEPTED, ...Array<object>(40).fill(running), bare, done];
		const { ended } = await wait(GENERATE, answers, { timeout: 7200 });
		expect(ended).toMatchObject({ result: { status: 'success' } });
	});

	it.each<ApiName>(['veo', 'jobs'])(
		'of a finished video name its fields in the end (%s)',
		async (name) => {
			const data = { taskId: TASK, state: 'success', successFlag: 1, resultJson: '{"video":1}' };
			const waited = await wait(GENERATE, [ACCEPTED, ok(data)], { name });
			const error = errorOf(waited);
			expect(waited.minutes).toBe(16.5);
			expect(error.message).toContain('none of its fields has an address: video, taskId, state');
			expect(error.description).toContain('https://kie.ai/logs');
			expect(error.description).toContain(`Run Get with task ID ${TASK}: it is free.`);
		},
	);
});

it('A pause that Kie.ai asks for while polling is respected for a minute at most', async () => {
	const busy = refused(429, 'Rate limit exceeded');
	const done = ok({ taskId: TASK, successFlag: 1, response: { resultUrls: [VIDEO] } });
	const headers = { 'retry-after': '3600' };
	const { ended, minutes } = await wait(GENERATE, [ACCEPTED, busy, done], { headers });
	expect(ended).toMatchObject({ result: { status: 'success' } });
	expect(minutes).toBe(1.5);
});
