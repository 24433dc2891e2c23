import type { IExecuteFunctions } from 'n8n-workflow';

import { secondsLeft } from '../../../nodes/KieVeo/run/itemRun';
import { runsOnEngine2 } from '../../../nodes/KieVeo/suspension/suspend';

const NOW = 1_000_000;

/** What n8n gives a node: its deadline, and the workflow's settings. */
function contextWith(deadline: unknown, settings?: unknown): IExecuteFunctions {
	const additionalData = { executionTimeoutTimestamp: deadline };
	const given = settings === undefined ? {} : { getWorkflowSettings: () => settings };
	return { additionalData, ...given } as unknown as IExecuteFunctions;
}

describe('the seconds until n8n ends an execution', () => {
	it.each<[what: string, context: IExecuteFunctions, seconds: number | null]>([
		['are those to its deadline', contextWith(NOW + 120_400), 120],
		[
			'follow the deadline before the settings',
			contextWith(NOW + 9_000, { executionTimeout: 5 }),
			9,
		],
		[
			'follow the settings of a workflow else',
			contextWith(undefined, { executionTimeout: 300 }),
			300,
		],
		['are none without a limit', contextWith(undefined, {}), null],
		[
			'are none where the workflow switches it off',
			contextWith(undefined, { executionTimeout: -1 }),
			null,
		],
		['are not known in an n8n that tells neither', {} as IExecuteFunctions, null],
		['are not known from other types', contextWith('soon', { executionTimeout: {} }), null],
	])('%s', (_what, context, seconds) => {
		expect(secondsLeft(context, NOW)).toBe(seconds);
	});
});

describe("n8n's engine 2.0", () => {
	it.each<[execution: string | undefined, isEngine2: boolean]>([
		['0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b', true],
		['1234', false],
		['', false],
		[undefined, false],
		['0193a1b2-7c3d-4e4f-8a5b-6c7d8e9f0a1b', false],
	])('is known by the execution %j: %s', (execution, isEngine2) => {
		const getExecutionId = () => execution as string;
		expect(runsOnEngine2({ getExecutionId })).toBe(isEngine2);
	});
});
