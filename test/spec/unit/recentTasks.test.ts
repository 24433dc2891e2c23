import { GRACE_MS, RecentTasks } from '../../../nodes/KieVeo/kie/http/recentTasks';

it('A task created just now is known for 90 seconds', () => {
	const tasks = new RecentTasks();
	tasks.add('a', 1000);
	expect(tasks.has('a', 1000 + GRACE_MS - 1)).toBe(true);
	expect(tasks.has('a', 1000 + GRACE_MS)).toBe(false);
	expect(tasks.has('b', 1000)).toBe(false);
});
