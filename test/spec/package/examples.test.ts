import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INode } from 'n8n-workflow';

import contract from './contract.json';

const FOLDER = join(__dirname, '..', '..', '..', 'examples');
const PREFIX = 'n8n-nodes-kie-veo.';

interface Workflow {
	nodes: INode[];
}

const examples = readdirSync(FOLDER).map((file): [file: string, workflow: Workflow] => [
	file,
	JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Workflow,
]);

const noteOf = ({ nodes }: Workflow) => {
	const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
	return notes.map(({ parameters }) => String(parameters.content)).join('\n');
};
const ownNodes = ({ nodes }: Workflow) => nodes.filter(({ type }) => type.startsWith(PREFIX));

describe.each(examples)('the example %s', (_file, workflow) => {
	it('has a note: what it does, what to fill in, what it costs', () => {
		const note = noteOf(workflow);
		expect(note).toMatch(/^## .+\n\n\S.+/);
		expect(note).toMatch(/\*\*Fill in\*\*\n1\. The credential `Kie\.ai API` in /);
		const submits = ownNodes(workflow).some(({ type }) => type === `${PREFIX}kieVeo`);
		// Two lines: what it costs, and how not to pay for more.
		if (submits) expect(note).toMatch(/\n\n[^\n]+costs? Kie credits[^\n]*\n[^\n]+$/);
	});

	it('names in its note every node that needs the credential', () => {
		const names = ownNodes(workflow).map(({ name }) => name);
		expect(names.length).toBeGreaterThan(0);
		for (const name of names) expect(noteOf(workflow)).toContain(`*${name}*`);
	});

	it('carries no credential of its own', () => {
		expect(workflow.nodes.filter(({ credentials }) => credentials !== undefined)).toHaveLength(0);
	});

	it('saves only parameters that this package knows', () => {
		for (const { type, parameters } of ownNodes(workflow)) {
			// n8n makes the tool of the node.
			const nodeType = type.replace(/Tool$/, '') as keyof typeof contract.nodes;
			const { parameters: known } = contract.nodes[nodeType];
			const names = new Set(Object.keys(known).map((path) => path.replace(/.*\./, '')));
			expect(Object.keys(parameters).filter((name) => !names.has(name))).toStrictEqual([]);
		}
	});
});
