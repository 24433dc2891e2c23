import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, sep } from 'node:path';

import { mock } from 'jest-mock-extended';
import { Container } from '@n8n/di';
import { InstanceSettings, PackageDirectoryLoader } from 'n8n-core';

import { n8n } from '../../../package.json';

const root = join(__dirname, '..', '..', '..');
let folder: string;
let unpacked: string;
let packed: {
	filename: string;
	files: Array<{ path: string }>;
	size: number;
	unpackedSize: number;
};

/** Packs what `npm publish` would, and unpacks it. Needs a build. */
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'kie-veo-package-'));
	const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
	const output = execFileSync('npm', args, { cwd: root, encoding: 'utf8' });
	[packed] = JSON.parse(output) as [typeof packed];
	execFileSync('tar', ['xzf', join(folder, packed.filename), '-C', folder]);
	unpacked = join(folder, 'package');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the published package', () => {
	it('holds what n8n loads, what they share, the texts, and nothing else: no sources, tests or maps', () => {
		const code = [...n8n.nodes, ...n8n.credentials, 'dist/nodes/KieVeo/shared.js'];
		const assets = readdirSync(join(root, 'nodes'), { recursive: true, encoding: 'utf8' })
			.filter((path) => /\.(svg|node\.json)$|__schema__.*\.json$/.test(path))
			.map((path) => posix.join('dist/nodes', ...path.split(sep)));
		const texts = ['CHANGELOG.md', 'LICENSE', 'README.md', 'index.js', 'package.json'];
		const paths = packed.files.map(({ path }) => path);
		expect(paths.sort()).toStrictEqual([...code, ...assets, ...texts].sort());
	});

	it('holds nothing twice: what a node and its trigger remember together is one', () => {
		const codeFiles = packed.files.map(({ path }) => path).filter((path) => /\.js$/.test(path));
		const modules = codeFiles.flatMap(
			(path) => readFileSync(join(unpacked, path), 'utf8').match(/^\/\/ nodes\/.*\.ts$/gm) ?? [],
		);
		expect(modules.length).toBeGreaterThan(50);
		expect(new Set(modules).size).toBe(modules.length);
	});

	it('stays small', () => {
		// More than half of it are README and messages with their advice.
		expect(packed.size).toBeLessThan(95_000);
		expect(packed.unpackedSize).toBeLessThan(350_000);
	});

	it("is loaded by n8n's own loader with codex, icons and credential", async () => {
		Container.set(InstanceSettings, mock<InstanceSettings>({ encryptionKey: 'test' }));
		const loader = new PackageDirectoryLoader(root);
		await loader.loadAll();
		expect(loader.packageName).toBe('n8n-nodes-kie-veo');
		const { kieVeo, kieVeoTrigger } = loader.nodeTypes;
		const ofBoth = {
			codex: { categories: ['Marketing & Content'] },
			iconUrl: {
				light: 'icons/n8n-nodes-kie-veo/dist/nodes/KieVeo/kie.svg',
				dark: 'icons/n8n-nodes-kie-veo/dist/nodes/KieVeo/kie.dark.svg',
			},
		};
		expect(kieVeo?.type.description).toMatchObject({
			displayName: 'Kie.ai',
			usableAsTool: true,
			...ofBoth,
		});
		expect(kieVeoTrigger?.type.description).toMatchObject({
			displayName: 'Kie.ai Trigger',
			...ofBoth,
		});
		expect(loader.credentialTypes.kieVeoApi?.type.displayName).toBe('Kie.ai API');
		expect(loader.known.nodes.kieVeo?.className).toBe('KieVeo');
	});

	it("passes n8n's scanner, as source and as published", () => {
		const script = join(__dirname, 'scan.mjs');
		const scan = execFileSync(process.execPath, [script, root, unpacked], {
			encoding: 'utf8',
			// n8n's lint rules take every file for a trigger node while NODE_ENV is "test".
			env: { ...process.env, NODE_ENV: 'production' },
		});
		expect(JSON.parse(scan)).toStrictEqual([{ passed: true }, { passed: true }]);
	}, 120_000);
});
