import { batchesOf, makePlan, type Plan } from './plan';
import { Random } from './random';

const count = (plan: Plan, kind: string) => plan.steps.filter((step) => step.kind === kind).length;
const videosOf = (plan: Plan) => batchesOf(plan).flatMap(({ videos }) => videos);

describe('chance with a seed', () => {
	it('gives the same numbers for the same seed, others for another', () => {
		const numbers = (seed: number) => {
			const random = new Random(seed);
			return Array.from({ length: 20 }, () => random.int(0, 1000));
		};
		expect(numbers(5)).toEqual(numbers(5));
		expect(numbers(5)).not.toEqual(numbers(6));
	});

	it('keeps to its bounds and reaches them', () => {
		const random = new Random(1);
		const drawn = new Set(Array.from({ length: 500 }, () => random.int(2, 5)));
		expect([...drawn].sort()).toEqual([2, 3, 4, 5]);
	});

	it('picks by weight', () => {
		const random = new Random(1);
		const picks = Array.from({ length: 1000 }, () =>
			random.weighted({ often: 9, rarely: 1, never: 0 }),
		);
		const often = picks.filter((pick) => pick === 'often').length;
		expect(often).toBeGreaterThan(850);
		expect(often).toBeLessThan(950);
		expect(picks).not.toContain('never');
	});
});

describe('the plan of a chaos run', () => {
	it('is the same for the same seed, and another for another', () => {
		const plan = (seed: number) => JSON.stringify(makePlan({ seed, videos: 100 }));
		expect(plan(3)).toBe(plan(3));
		expect(plan(3)).not.toBe(plan(4));
	});

	it('has at least the wanted number of videos, each with a task id of its own', () => {
		const videos = videosOf(makePlan({ seed: 9, videos: 300 }));
		expect(videos.length).toBeGreaterThanOrEqual(300);
		expect(new Set(videos.map(({ taskId }) => taskId)).size).toBe(videos.length);
	});

	it.each([[40], [500]])('of %d videos has every workload, a kill and bursts', (videos) => {
		const plan = makePlan({ seed: 2, videos });
		const workloads = new Set(batchesOf(plan).map(({ workload }) => workload));
		expect([...workloads].sort()).toEqual([
			'callback4k',
			'callbackGenerate',
			'generate',
			'poll1080p',
			'poll4k',
			'trigger4k',
		]);
		expect(plan.steps).toContainEqual({ kind: 'restart', how: 'SIGKILL' });
		expect(count(plan, 'burst')).toBeGreaterThan(0);
	});

	it('of 500 videos has all ways of callbacks, forgeries, faults and restarts', () => {
		const plan = makePlan({ seed: 2, videos: 500 });
		const batches = batchesOf(plan);
		const videos = videosOf(plan);
		expect(new Set(videos.map(({ callback }) => callback)).size).toBe(6);
		expect(new Set(batches.flatMap(({ forgeries }) => forgeries)).size).toBe(6);
		expect(new Set(videos.flatMap(({ faults }) => faults.map(({ kind }) => kind))).size).toBe(19);
		expect(plan.steps).toContainEqual({ kind: 'restart', how: 'SIGTERM' });
	});

	it('loses as many callbacks for good as it is told to', () => {
		const share = (lost?: number) => {
			const videos = videosOf(makePlan({ seed: 2, videos: 500, lost }));
			return videos.filter(({ callback }) => callback === 'lost').length / videos.length;
		};
		expect(share(0.33)).toBeGreaterThan(0.3);
		expect(share(0.33)).toBeLessThan(0.45);
		expect(share()).toBeGreaterThan(0.03);
		expect(share()).toBeLessThan(0.15);
	});

	it('neither begins nor ends with a restart', () => {
		for (let seed = 0; seed < 20; seed++) {
			const { steps } = makePlan({ seed, videos: 40 });
			expect(steps.at(0)?.kind).toBe('batch');
			expect(steps.at(-1)?.kind).toBe('batch');
		}
	});
});
