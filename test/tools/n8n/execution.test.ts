import { isWhole, type Execution } from './execution';

const RUN = { executionStatus: 'success', outputs: [], error: undefined, milliseconds: 0 };
const ENDED: Execution = {
	id: '1',
	workflowId: 'w',
	status: 'success',
	mode: 'manual',
	startedAt: undefined,
	stoppedAt: undefined,
	waitTill: undefined,
	runs: new Map([['Kie.ai', [RUN, RUN]]]),
	lastNode: 'Kie.ai',
	error: undefined,
	data: { executionData: { nodeExecutionStack: [] } },
};
const FAULT = {
	name: undefined,
	message: 'Failed',
	description: undefined,
	httpCode: undefined,
	itemIndex: undefined,
};

it.each<[title: string, differs: Partial<Execution>, whole: boolean]>([
	['a success with all its runs', {}, true],
	['a success whose data n8n has not stored yet', { data: {}, runs: new Map() }, false],
	[
		'a success with the data of when it was resumed, in a loop',
		{ data: { executionData: { nodeExecutionStack: [{ node: { name: 'Kie.ai' } }] } } },
		false,
	],
	['an error', { status: 'error', error: FAULT }, true],
	['an error whose reason n8n has not stored yet', { status: 'error' }, false],
	['a crash, which stores nothing', { status: 'crashed', data: {}, runs: new Map() }, true],
])('knows whether the data of an execution is whole: %s', (_, differs, whole) => {
	expect(isWhole({ ...ENDED, ...differs })).toBe(whole);
});
