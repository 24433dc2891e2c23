import type { INode, IWorkflowDataProxyData, Logger } from 'n8n-workflow';

import type { Order } from '../../../nodes/KieVeo/kie/api';
import { KieVeoError } from '../../../nodes/KieVeo/messages/error';
import { submitLogged } from '../../../nodes/KieVeo/run/orders';

const GENERATE: Order = {
	kind: 'creation',
	operation: 'generate',
	parameters: { prompt: 'A dog', model: 'veo3' },
};
const UPGRADE: Order = { kind: 'upgrade', operation: 'get4k', taskId: 't1', index: 2 };
const STATE: Order = { kind: 'state', operation: 'get', taskId: 't1' };

type Work = Parameters<typeof submitLogged>[1];

const accepted = (order: Order, submittedTaskId: string | null, kieTaskId?: string): Work => ({
	order,
	submittedTaskId,
	isTakenUp: false,
	items: [],
	run: { result: { taskId: submittedTaskId, kieTaskId } } as Work['run'],
	submit: async () => undefined,
});
const rejected = (details: object): Work => ({
	...accepted(GENERATE, null),
	submit: async () => {
		throw new KieVeoError('No', { description: 'Why not.', ...details });
	},
});

/** A node's context, and the lines that n8n's log gets. */
function contextWith(getWorkflowDataProxy = () => ({}) as IWorkflowDataProxyData) {
	const lines: string[] = [];
	const note = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
	const levels = { info: note('info'), warn: note('warn'), debug: note('debug') };
	const context = {
		getNode: () => ({ name: 'Videos' }) as INode,
		getExecutionId: () => '12',
		logger: levels as unknown as Logger,
		getWorkflowDataProxy,
	};
	return { context, lines };
}

describe('the log of what is paid for', () => {
	it.each<[what: string, work: Work, items: number[], lines: string[]]>([
		[
			'names a new task, its execution and its item',
			accepted(GENERATE, 't1'),
			[0],
			['info Videos: Generate was submitted, task ID t1 (execution 12, item 0)'],
		],
		[
			'names an upgrade once for all items that share it',
			accepted(UPGRADE, 't1'),
			[0, 3],
			['info Videos: Get 4K Video was submitted, task ID t1, index 2 (execution 12, items 0, 3)'],
		],
		[
			"names Kie's own ID where that is another one",
			accepted(UPGRADE, 't1', 'k9'),
			[1],
			[
				'info Videos: Get 4K Video was submitted, task ID t1, at Kie.ai k9, index 2 (execution 12, item 1)',
			],
		],
		['is silent about what costs nothing', accepted(STATE, null), [0], []],
		[
			'warns of a lost answer',
			rejected({ mayBePaid: true }),
			[0],
			['warn Videos: No. Why not. (execution 12, item 0)'],
		],
		['is silent about a refusal', rejected({}), [0], []],
	])('%s', async (_what, work, items, lines) => {
		const logged = contextWith();
		await submitLogged(logged.context, { ...work, items }).catch(() => undefined);
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
		const { context } = contextWith(
			() => ({ $execution: { customData } }) as unknown as IWorkflowDataProxyData,
		);
		for (let task = 10; task < 40; task++) {
			await submitLogged(context, accepted(GENERATE, `veo_task_${task}`));
		}
		const ids = kept.get('kieVeoTasks')?.split(' ') ?? [];
		expect(ids.at(-1)).toBe('veo_task_39');
		expect(ids).toHaveLength(21);
	});

	it('costs no task when n8n refuses it', async () => {
		const { context } = contextWith(() => {
			throw new Error('not here');
		});
		await expect(submitLogged(context, accepted(GENERATE, 'a'))).resolves.toBeUndefined();
	});
});
