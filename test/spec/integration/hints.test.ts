import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import { nodeOf, workflowOf } from './runNode';

const node = new KieVeo();

/** What the editor shows before a run, evaluated as the editor does it. */
function hintsFor(parameters: INodeParameters, items: IDataObject[]): string[] {
	const name = 'Kie.ai';
	const workflow = workflowOf(nodeOf({ name, parameters }), node);
	const input: INodeExecutionData[] = items.map((json) => ({ json }));
	const { hints = [] } = node.description;
	return hints
		.filter(({ displayCondition = '' }) => {
			const { expression } = workflow;
			return expression.getParameterValue(displayCondition, null, 0, 0, name, input, 'manual', {});
		})
		.map(({ message }) => message);
}

const videos = (...ids: string[]): IDataObject[] => ids.map((taskId) => ({ taskId }));
const mapped = { taskId: '={{ $json.taskId }}' };
const atMost = (count: number) => `make at most ${count} new paid requests`;
const ids = (count: number) => Array.from({ length: count }, (_, index) => `task_${index}`);

describe('the hint about paid requests', () => {
	const EACH = 'make a new paid request for each different video';
	const GENERATE = { operation: 'generate' };
	const indexed = { operation: 'get1080p', taskId: 'one', index: '={{ $json.index }}' };
	const same = videos(...Array<string>(50).fill('a'));

	it.each<[title: string, parameters: INodeParameters, items: IDataObject[], hint: string | null]>([
		['one video', GENERATE, [{}], 'make 1 new paid request'],
		['equal prompts', { ...GENERATE, prompt: 'A' }, [{}, {}], atMost(2)],
		['an extension', { operation: 'extend', ...mapped }, videos('a', 'a'), atMost(2)],
		['12 upgrades', { operation: 'get4k', ...mapped }, videos(...ids(12)), atMost(12)],
		['shared upgrades', mapped, videos('a', 'b', 'a', 'a'), atMost(2)],
		['a fixed task', { taskId: 'one' }, [{}, {}, {}], 'make 1 new paid request'],
		['several videos of a task', indexed, [{ index: 0 }, { index: 1 }, { index: 1 }], atMost(2)],
		['as many as are counted', mapped, videos(...ids(20)), atMost(20)],
		['more', mapped, videos(...ids(21)), 'can make more than 20 new paid requests'],
		['50 items of one video', mapped, same, 'make 1 new paid request'],
		['more than are read', mapped, videos(...ids(51)), EACH],
		['many new videos', GENERATE, videos(...ids(51)), 'can make more than 20 new paid requests'],
		...["$('Video').item", "$('Video').itemMatching(0)", "$('Video').first()"].map(
			(item): [string, INodeParameters, IDataObject[], string] => [
				...([`a task ID from ${item}`, { taskId: `={{ ${item}.json.taskId }}` }] as const),
				...([videos('a', 'b'), EACH] as const),
			],
		),
		['the state of a video', { operation: 'get', ...mapped }, videos('a'), null],
		['a file', { operation: 'download' }, [{}], null],
		['the balance', { resource: 'account', operation: 'getCredits' }, [{}], null],
	])('is right for %s', (_title, parameters, items, hint) => {
		const expected = hint === null ? [] : [`These items ${hint}.`];
		expect(hintsFor(parameters, items)).toStrictEqual(expected);
	});
});
