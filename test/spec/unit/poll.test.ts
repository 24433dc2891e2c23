import { pollUntilSettled, type PollResult } from '../../../nodes/KieVeo/run/poll';
import { CancelledError } from '../../../nodes/KieVeo/kie/http/clock';
import { FakeClock } from './fakeClock';

function poll(readyAt: number, options: { waitMs?: number; deadline?: number } = {}) {
	const clock = new FakeClock();
	const looks: number[] = [];
	const look = async (): Promise<PollResult<string>> => {
		looks.push(clock.now());
		return clock.now() >= readyAt
			? { kind: 'settled', value: 'ready' }
			: { kind: 'pending', waitMs: options.waitMs ?? null };
	};
	const stop = new AbortController();
	const { deadline = 100_000 } = options;
	const waiting = { since: 0, intervalMs: 30_000, deadline, clock, signal: stop.signal };
	return { looks, stop, result: pollUntilSettled(look, waiting) };
}

describe('polling', () => {
	it('looks once per interval and ends with the first settled look', async () => {
		const { looks, result } = poll(60_000);
		await expect(result).resolves.toBe('ready');
		expect(looks).toStrictEqual([30_000, 60_000]);
	});

	it('looks a last time at the deadline, so that a task ready by then is not lost', async () => {
		const { looks, result } = poll(95_000);
		await expect(result).resolves.toBe('ready');
		expect(looks).toStrictEqual([30_000, 60_000, 90_000, 100_000]);
	});

	it('ends without a result when the time is up', async () => {
		const { looks, result } = poll(Infinity);
		await expect(result).resolves.toBeNull();
		expect(looks.at(-1)).toBe(100_000);
	});

	it('waits longer when the server asks for it', async () => {
		const { looks, result } = poll(70_000, { waitMs: 45_000 });
		await expect(result).resolves.toBe('ready');
		expect(looks).toStrictEqual([30_000, 75_000]);
	});

	it('looks once even if the time is shorter than the interval', async () => {
		const { looks, result } = poll(Infinity, { deadline: 5_000 });
		await expect(result).resolves.toBeNull();
		expect(looks).toStrictEqual([5_000]);
	});

	it('ends when the execution is stopped', async () => {
		const { looks, stop, result } = poll(Infinity);
		stop.abort();
		await expect(result).rejects.toThrow(CancelledError);
		expect(looks).toStrictEqual([]);
	});
});
