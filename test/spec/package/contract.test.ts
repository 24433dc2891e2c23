import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { KieVeoApi } from '../../../credentials/KieVeoApi.credentials';
import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import { KieVeoTrigger } from '../../../nodes/KieVeo/KieVeoTrigger.node';
import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { name as packageName } from '../../../package.json';
import { useFastTime } from '../integration/fastTime';
import { useFiles } from '../integration/runNode';
import { compare } from './contract/compare';
import { collectOutputs } from './contract/outputs';
import { describeCredential, describeNode, type Json } from './contract/parameters';

/** Everything a saved workflow relies on, as it was released. */
const SNAPSHOT = join(__dirname, 'contract.json');

useFastTime();
useFiles();

/** By the API that the credential names. */
const outputsOf: Record<ApiName, { [name: string]: Json }> = { veo: {}, jobs: {} };

/** Facts that only one of the APIs tells, by field and case: the other one's output has null there. */
const FACTS_OF_ONE: ReadonlyArray<[field: string, name: RegExp]> = [
	['creditsConsumed', /./],
	['resolution', /extend/],
];

describe('what saved workflows rely on', () => {
	let current: Json;
	beforeAll(async () => {
		outputsOf.veo = await collectOutputs('veo');
		outputsOf.jobs = await collectOutputs('jobs');
		const credential = new KieVeoApi();
		const nodes = [new KieVeo(), new KieVeoTrigger()];
		current = {
			nodes: Object.fromEntries(
				nodes.map((node) => [`${packageName}.${node.description.name}`, describeNode(node)]),
			),
			credentials: { [credential.name]: describeCredential(credential) },
			outputs: { ...outputsOf.jobs, ...outputsOf.veo },
		};
	}, 120_000);

	/** A job of its own has an id of its own; facts that one API does not give are null. */
	const alike = (name: string, shape: Json) => {
		const fields = Object.entries(shape as { [field: string]: string });
		const kinds = fields.filter(([field]) => field !== 'kieTaskId').sort();
		const isOfOne = (field: string) =>
			FACTS_OF_ONE.some(([fact, cases]) => fact === field && cases.test(name));
		return Object.fromEntries(
			kinds.map(([field, kind]) => [field, isOfOne(field) ? 'fact or null' : kind]),
		);
	};

	it('is the same whichever API the credential names', () => {
		const names = Object.keys(outputsOf.veo);
		const of = (api: ApiName) =>
			Object.fromEntries(names.map((name) => [name, alike(name, outputsOf[api][name] ?? {})]));
		expect(of('jobs')).toStrictEqual(of('veo'));
	});

	it('is all still there, and what was added is written down', () => {
		const released = JSON.parse(readFileSync(SNAPSHOT, 'utf8')) as Json;
		const { broken, added } = compare(released, current);
		if (broken.length > 0) {
			throw new Error(
				`Saved workflows would break (docs/versioning.md):\n  ${broken.join('\n  ')}\n` +
					'Give it another name and keep the old one working.',
			);
		}
		if (added.length === 0) return;
		if (process.env.KIE_VEO_CONTRACT !== 'add') {
			throw new Error(
				`New, and from the next release on a promise:\n  ${added.join('\n  ')}\n` +
					'If it is meant to be, run `npm run contract` and commit test/spec/package/contract.json.',
			);
		}
		writeFileSync(SNAPSHOT, `${JSON.stringify(current, null, '\t')}\n`);
	});

	it('has an output of every operation and every event', () => {
		const { outputs } = current as { outputs: { [name: string]: { [field: string]: Json } } };
		const seen = Object.entries(outputs).flatMap(([name, { event }]) => [
			name.replace(/:.*/, ''),
			String(event).replace(/^= "|"$/g, ''),
		]);
		const valuesOf = (properties: INodeProperties[], parameter: string) =>
			properties
				.filter(({ name }) => name === parameter)
				.flatMap(({ options = [] }) => options as INodePropertyOptions[])
				.map(({ value }) => value);
		expect(seen).toEqual(
			expect.arrayContaining([
				...valuesOf(new KieVeo().description.properties, 'operation'),
				...valuesOf(new KieVeoTrigger().description.properties, 'events'),
			]),
		);
	});
});

describe('the comparison with what was released', () => {
	const released = { waitMode: { values: ['none', 'poll'], default: 'poll' }, taskId: 'string' };

	it.each<[what: string, current: Json, broken: string[], added: string[]]>([
		[
			'the order of values',
			{ ...released, waitMode: { values: ['poll', 'none'], default: 'poll' } },
			[],
			[],
		],
		['a name every object has', { ...released, toString: 1 }, [], ['toString']],
		[
			'a renamed name',
			{ waitMode: released.waitMode, task: 'string' },
			['taskId is gone'],
			['task'],
		],
		['another kind', { ...released, taskId: 'null' }, ['taskId was "string", is "null"'], []],
		[
			'a value that is gone, and a new one',
			{ ...released, waitMode: { values: ['poll', 'callback'], default: 'poll' } },
			['waitMode.values: "none" is gone'],
			['waitMode.values: "callback"'],
		],
	])('tells %s apart', (_what, current, broken, added) => {
		expect(compare(released, current)).toStrictEqual({ broken, added });
	});
});
