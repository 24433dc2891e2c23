import type { IWorkflowDataProxyData } from 'n8n-workflow';

import type { Order } from '../../../nodes/KieVeo/kie/api';
import { KieVeoError } from '../../../nodes/KieVeo/messages/error';
import { NO_FILES } from '../../../nodes/KieVeo/kie/meaning/files';
import { FakeClock } from './fakeClock';
import { fakeContext, GENERATE, GET_4K, workOf } from './fakeKie';

const UPGRADE: Order = { ...GET_4K, taskId: 't1', index: 2 };
const STATE: Order = { kind: 'state', operation: 'get', taskId: 't1' };

/** A Kie that accepts an order under this ID. */
const accepts = (taskId: string) => ({
	upgradesAreTasks: false,
	submit: async () => ({
		meaning: { kind: 'processing', files: { ...NO_FILES, taskId } },
		...{ code: 200, message: '', raw: null, retryAfterMs: null },
	}),
});
const rejects = (details: object) => ({
	submit: async () => {
		throw new KieVeoError('No', { description: 'Why not.', ...details });
	},
});
const clock = new FakeClock();

describe('the log of what is paid for', () => {
	it.each<[what: string, order: Order, api: object, items: number[], lines: string[]]>([
		[
			'names a new task, its execution and its item',
			GENERATE,
			accepts('t1'),
			[0],
			['info Videos: Generate was submitted, task ID t1 (execution 12, item 0)'],
		],
		[
			'names an upgrade once for all items that share it',
			UPGRADE,
			accepts('t1'),
			[0, 3],
			['info Videos: Get 4K Video was submitted, task ID t1, index 2 (execution 12, items 0, 3)'],
		],
		[
			"names Kie's own ID where that is another one",
			UPGRADE,
			accepts('k9'),
			[1],
			[
				'info Videos: Get 4K Video was submitted, task ID t1, at Kie.ai k9, index 2 (execution 12, item 1)',
			],
		],
		['is silent about what costs nothing', STATE, accepts('t1'), [0], []],
		[
			'warns of a lost answer',
			GENERATE,
			rejects({ mayBePaid: true }),
			[0],
			['warn Videos: No. Why not. (execution 12, item 0)'],
		],
		['is silent about a refusal', GENERATE, rejects({}), [0], []],
	])('%s', async (_what, order, api, items, lines) => {
		const logged = fakeContext();
		const work = workOf(order, { api, clock }, {}, logged);
		work.items.push(...items);
		await work.submit().catch(() => undefined);
		expect(logged.lines).toStrictEqual(lines);
	});
});

describe("the custom data of n8n's execution", () => {
	it('holds the newest task IDs, as far as n8n keeps them', async () => {
		const kept = new Map<string, string>();
		const customData = {
			get: (name: string) => kept.get(name),
			set: (name: string, value: string) => void kept.set(name, value),
		};
		const logged = fakeContext(
			() => ({ $execution: { customData } }) as unknown as IWorkflowDataProxyData,
		);
		for (let task = 10; task < 40; task++) {
			await workOf(GENERATE, { api: accepts(`veo_task_${task}`), clock }, {}, logged).submit();
		}
		const ids = kept.get('kieVeoTasks')?.split(' ') ?? [];
		expect(ids.at(-1)).toBe('veo_task_39');
		expect(ids).toHaveLength(21);
	});

	it('costs no task when n8n refuses it', async () => {
		const logged = fakeContext(() => {
			throw new Error('not here');
		});
		const work = workOf(GENERATE, { api: accepts('a'), clock }, {}, logged);
		await expect(work.submit()).resolves.toBeUndefined();
	});
});
