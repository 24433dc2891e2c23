import { isWhole, type Execution } from './execution';

const RUN = { outputs: [], error: undefined, milliseconds: 0 };
const ENDED: Execution = {
	id: '1',
	status: 'success',
	runs: new Map([['Kie.ai', [RUN, RUN]]]),
	error: undefined,
	customData: {},
	data: { executionData: { nodeExecutionStack: [] } },
};

it.each<[title: string, differs: Partial<Execution>, whole: boolean]>([
	['a success with all its runs', {}, true],
	['a success whose data n8n has not stored yet', { data: {}, runs: new Map() }, false],
	[
		'a success with the data of when it was resumed, in a loop',
		{ data: { executionData: { nodeExecutionStack: [{ node: { name: 'Kie.ai' } }] } } },
		false,
	],
	['an error', { status: 'error', error: { message: 'Failed' } }, true],
	['an error whose reason n8n has not stored yet', { status: 'error' }, false],
	['a crash, which stores nothing', { status: 'crashed', data: {}, runs: new Map() }, true],
])('knows whether the data of an execution is whole: %s', (_, differs, whole) => {
	expect(isWhole({ ...ENDED, ...differs })).toBe(whole);
});
