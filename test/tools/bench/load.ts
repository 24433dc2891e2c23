import { rmSync } from 'node:fs';

import { packTarball } from '../n8n/communityPackage';
import { ensureN8n } from '../n8n/install';
import { printProgress } from '../n8n/progress';
import { temporaryFolder } from '../n8n/temporary';
import { lineNamed } from '../n8n/versions';
import { LINE, type Lab } from './lab';
import {
	ensureNeighbours,
	installTarball,
	loadCost,
	type InstalledPackage,
	type LoadCost,
} from './neighbours';
import type { Section } from './report';
import { roundRatios, spreadOf } from './statistics';
import { table, written } from './table';

/** What loading the package costs n8n, against other community packages. */
export async function measureLoad(lab: Lab): Promise<Section> {
	const install = await ensureN8n(lineNamed(LINE), printProgress);
	const neighbours = await ensureNeighbours(install, printProgress);
	const folder = await temporaryFolder();
	const rounds = lab.quick ? 2 : 5;
	const costs = new Map<InstalledPackage, LoadCost[]>();
	try {
		const own = await installTarball(await packTarball(folder), folder, install);
		const all = [own, ...neighbours];
		for (const each of all) costs.set(each, []);
		// Round 0 only brings the files into memory.
		for (let round = 0; round <= rounds; round++) {
			lab.tell(`load: round ${round} of ${rounds}`);
			for (const each of all) {
				const cost = await loadCost(each, install);
				if (round > 0) costs.get(each)?.push(cost);
			}
		}
		return toSection(own, costs, rounds);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function toSection(
	own: InstalledPackage,
	costs: ReadonlyMap<InstalledPackage, readonly LoadCost[]>,
	rounds: number,
): Section {
	const times = (of: InstalledPackage) =>
		(costs.get(of) ?? []).map(({ milliseconds }) => milliseconds);
	const rows = [...costs].map(([each, measured]) => [
		each.label,
		String(measured[0]?.classes),
		written(spreadOf(times(each)), 1),
		each === own ? '1' : written(roundRatios(times(own), times(each)), 2),
		written(spreadOf(measured.map(({ megabytes }) => megabytes)), 1),
		(each.tarball / 1000).toFixed(0),
		(each.unpacked / 1000).toFixed(0),
	]);
	return {
		title: 'Cost of loading',
		method: `All node and credential files of a package are loaded and their classes made, in a fresh process on n8n's Node.js, with n8n's own modules to resolve from and n8n-workflow loaded before. Each package is installed as n8n does: without scripts, peer and development dependencies. ${rounds} rounds in turn, files already in the system's cache.`,
		tables: [
			table(
				[
					'Package',
					'Nodes and credentials',
					'Milliseconds',
					'This package against it',
					'Memory, MB',
					'Tarball, kB',
					'Unpacked, kB',
				],
				rows,
			),
		],
		reading:
			"The packages differ in what they do. This one is built into four files: one for each node and credential, one for what they share. As 120 files, one for each of its sources, it took more than twice as long, most of it for finding and compiling them one by one. Memory is the growth of the process's resident memory after a garbage collection; a difference of a megabyte means little. Unpacked size counts a package's own dependencies.",
		targets: [],
	};
}
