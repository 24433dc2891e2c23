import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import { nodeOf, workflowOf } from './context';

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
const ids = (count: number) => Array.from({ length: count }, (_, index) => `task_${index}`);

describe('the hint about paid requests', () => {
	it.each<[title: string, parameters: INodeParameters, items: IDataObject[], hints: string[]]>([
		['one video', { operation: 'generate' }, [{}], ['make 1 new paid request.']],
		[
			'equal prompts',
			{ operation: 'generate', prompt: 'A' },
			[{}, {}],
			['make at most 2 new paid requests.'],
		],
		[
			'an extension',
			{ operation: 'extend', ...mapped },
			videos('a', 'a'),
			['make at most 2 new paid requests.'],
		],
		[
			'12 upgrades',
			{ operation: 'get4k', ...mapped },
			videos(...ids(12)),
			['make at most 12 new paid requests.'],
		],
		['shared upgrades', mapped, videos('a', 'b', 'a', 'a'), ['make at most 2 new paid requests.']],
		['a fixed task', { taskId: 'one' }, [{}, {}, {}], ['make 1 new paid request.']],
		[
			'several videos of a task',
			{ operation: 'get1080p', taskId: 'one', index: '={{ $json.index }}' },
			[{ index: 0 }, { index: 1 }, { index: 1 }],
			['make at most 2 new paid requests.'],
		],
		['as many as are counted', mapped, videos(...ids(20)), ['make at most 20 new paid requests.']],
		['more', mapped, videos(...ids(21)), ['can make more than 20 new paid requests.']],
		[
			'50 items of one video',
			mapped,
			videos(...Array<string>(50).fill('a')),
			['make 1 new paid request.'],
		],
		[
			'more than are read',
			mapped,
			videos(...ids(51)),
			['make a new paid request for each different video.'],
		],
		[
			'many new videos',
			{ operation: 'generate' },
			videos(...ids(51)),
			['can make more than 20 new paid requests.'],
		],
		...["$('Video').item", "$('Video').itemMatching(0)", "$('Video').first()"].map(
			(item): [string, INodeParameters, IDataObject[], string[]] => [
				`a task ID from ${item}`,
				{ taskId: `={{ ${item}.json.taskId }}` },
				videos('a', 'b'),
				['make a new paid request for each different video.'],
			],
		),
		['the state of a video', { operation: 'get', ...mapped }, videos('a'), []],
		['a file', { operation: 'download' }, [{}], []],
		['the balance', { resource: 'account', operation: 'getCredits' }, [{}], []],
	])('is right for %s', (_title, parameters, items, hints) => {
		const shown = hintsFor(parameters, items);
		expect(shown).toStrictEqual(hints.map((hint) => `These items ${hint}`));
	});
});
