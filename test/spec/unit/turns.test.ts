import { Gate, Turns, type Patience } from '../../../nodes/KieVeo/kie/http/turns';
import { FakeClock } from './fakeClock';

/** A service whose answers take 1 s, and faults 60 s; `isDown` tells which, for each request by its number. */
function serviceOf(isDown: (request: number, at: number) => boolean, patience: Patience) {
	const clock = new FakeClock();
	const turns = new Turns<string>(10, clock, patience, (answer) => answer === 'no answer');
	const requests: number[] = [];
	const request = async () => {
		const down = isDown(requests.push(clock.now()), clock.now());
		await clock.pause(down ? 60_000 : 1_000);
		return down ? 'no answer' : 'answer';
	};
	const ask = async (count: number) =>
		await Promise.all(Array.from({ length: count }, async () => await turns.run(request)));
	return { clock, turns, requests, ask };
}

describe('requests that wait for their turn', () => {
	it('are all sent while the service answers, however late it is', async () => {
		const { requests, ask, clock } = serviceOf(() => false, { until: 5_000 });
		await expect(ask(1_000)).resolves.toStrictEqual(Array(1_000).fill('answer'));
		expect(requests).toHaveLength(1_000);
		expect(clock.now()).toBe(100_000);
	});

	it('get the fault of another once the time is up and nobody gets an answer', async () => {
		const { requests, ask, clock, turns } = serviceOf(() => true, { until: 30_000 });
		await expect(ask(1_000)).resolves.toStrictEqual(Array(1_000).fill('no answer'));
		expect(requests).toHaveLength(10);
		expect(clock.now()).toBe(60_000);
		expect(turns.isOver).toBe(true);
	});

	it('are sent when the service has been silent for a moment only', async () => {
		const { requests, ask } = serviceOf((number) => number % 10 === 0, { until: 5_000 });
		const answers = await ask(100);
		expect(requests).toHaveLength(100);
		expect(answers.filter((answer) => answer === 'answer')).toHaveLength(90);
	});

	it('are sent however late while faults are quick: they may be about one item', async () => {
		const clock = new FakeClock();
		const turns = new Turns<string>(1, clock, { until: 5_000 }, () => true);
		let requests = 0;
		for (let item = 0; item < 20; item++) {
			await turns.run(async () => {
				requests++;
				await clock.pause(1_000);
				return 'a page of another server';
			});
		}
		expect(requests).toBe(20);
	});

	it('are sent again when the service is back before the time is up', async () => {
		const isDown = (_: number, at: number) => at < 60_000;
		const { ask, clock, turns } = serviceOf(isDown, { until: 100_000 });
		const answers = await ask(50);
		expect(answers.filter((answer) => answer === 'answer')).toHaveLength(40);
		expect(clock.now()).toBe(64_000);
		expect(turns.isOver).toBe(false);
	});

	it('wait for two minutes of silence where no Timeout applies, whenever it begins', async () => {
		const isDown = (_: number, at: number) => at >= 20_000;
		const { ask, clock, requests } = serviceOf(isDown, {});
		await ask(1_000);
		expect(requests).toHaveLength(200 + 2 * 10);
		expect(clock.now()).toBe(20_000 + 120_000);
	});

	it('do not wait longer when the clock of the machine is set back', async () => {
		const { ask, clock, requests } = serviceOf(() => true, { until: 30_000 });
		clock.now = () => clock.time - 3_600_000;
		await ask(60);
		expect(requests).toHaveLength(10);
		expect(clock.time).toBe(60_000);
	});
});

describe('the gate', () => {
	it('runs all tasks, never more at once than allowed, also when some fail', async () => {
		const gate = new Gate(3);
		let running = 0;
		let most = 0;
		const results = await Promise.allSettled(
			Array.from({ length: 10 }, async (_, i) =>
				gate.run(async () => {
					most = Math.max(most, ++running);
					await new Promise((done) => setTimeout(done, 1));
					running--;
					if (i % 4 === 0) throw new Error('failed');
					return i;
				}),
			),
		);
		expect(most).toBe(3);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
	});
});
