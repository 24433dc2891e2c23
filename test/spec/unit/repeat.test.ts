import { judgeRepeat, type Repeat } from '../../../nodes/KieVeo/kie/meaning/money';

describe('a repeated 4K request that is answered "in progress"', () => {
	it.each<[earlier: Array<number | null>, code: number | null, verdict: Repeat]>([
		[[200], 422, 'running'],
		[[422], 422, 'running'],
		[[200], 400, 'running'],
		[[], 200, 'perhapsReordered'],
		[[200], 200, 'perhapsReordered'],
		[[200, 200, 200, 200], 200, 'perhapsReordered'],
		[[200, 200, 200, 200, 200], 200, 'reordered'],
		[[200, 422], 200, 'reordered'],
		[[422], 200, 'reordered'],
		[[null], 200, 'reordered'],
	])('after %p, %p means that it is %s', (earlier, code, verdict) => {
		const data = { taskId: 'veo_task_1', resultUrls: null };
		expect(judgeRepeat(earlier, { code, data })).toBe(verdict);
	});

	it('is not an order where it shows the record of the base video', () => {
		const data = { taskId: 'veo_task_1', successFlag: 1, response: { resolution: '720p' } };
		expect(judgeRepeat([422], { code: 200, data })).toBe('running');
		expect(judgeRepeat([422], { code: 200, data: { ...data, successFlag: 0 } })).toBe('reordered');
	});
});
