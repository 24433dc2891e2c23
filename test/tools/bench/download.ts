import type { WorkflowDefinition } from '../n8n/client';
import { chain, HTTP, httpDownload, KIE } from '../../spec/e2e/workflows';
import { MemoryWatch } from '../../spec/e2e/memory';
import { itemsOf } from '../n8n/execution';
import { expectSuccess } from './executions';
import { Contender, median, shown, table, type Section, type Target } from './figures';
import type { Lab } from './lab';

const MOST_RATIO = 1.1;
/** MB a download may add to n8n's memory, however large the file is. */
const MOST_GROWTH = 100;
const LIMIT_MS = 300_000;

/** Large files: time and memory, against n8n's HTTP Request node. */
export async function measureDownload(lab: Lab): Promise<Section> {
	const sizes = [
		{ label: '300 MB', bytes: 300_000_000, rounds: lab.quick ? 2 : 16 },
		{ label: '2 GB', bytes: 2_000_000_000, rounds: lab.quick ? 1 : 2 },
	];
	const tables: string[] = [];
	const targets: Target[] = [];
	for (const { label, bytes, rounds } of sizes) {
		const own = new Contender('Download', async () => {
			const { credential } = await lab.newAccount();
			const workflow = (url: string) => chain(credential, [{}], { operation: 'download', url });
			return await download(lab, bytes, KIE, workflow);
		});
		const core = new Contender('HTTP Request', () => download(lab, bytes, HTTP, httpDownload));
		await Contender.inTurn(`download: ${label}`, rounds, [own, core], 'warm-up');
		const [seconds, peak] = [own.against(core, 'seconds'), own.against(core, 'peak')];
		const growth = own.of('growth');
		const difference = growth.map((each, round) => each - (core.of('growth')[round] ?? NaN));
		const rows = table(
			[own, core],
			[
				[label, ({ name }) => name],
				['Seconds', (one) => one.shown('seconds', 2)],
				['Peak memory, MB', (one) => one.shown('peak', 0)],
				['Above the start, MB', (one) => one.shown('growth', 0)],
			],
		);
		tables.push(
			`${rows}\n| Ratio | ${shown(seconds, 2)} | ${shown(peak, 2)} | ${shown(difference, 0)} MB difference |`,
		);
		const within = (promise: string, ratio: number[]): Target => ({
			promise: `Download of ${label} ${promise} at most ${MOST_RATIO} times that of the HTTP Request node`,
			setBy: "n8n's own nodes",
			measured: shown(ratio, 2),
			held: median(ratio) <= MOST_RATIO,
		});
		// A few rounds are too few for a target of time.
		if (label === '300 MB') targets.push(within('takes', seconds));
		targets.push(within('has a peak memory', peak), {
			promise: `Download of ${label} adds at most ${MOST_GROWTH} MB to n8n's memory`,
			measured: `${shown(growth, 0)} MB`,
			held: growth.every((each) => each <= MOST_GROWTH),
		});
	}
	return {
		title: `Download of ${sizes.map(({ label }) => label).join(' and ')}`,
		method: `The operation Download against n8n's HTTP Request node with Response Format "File", n8n's default binary data mode (files). Rounds in turn, ${sizes.map(({ label, rounds }) => `${rounds} of ${label}`).join(' and ')}; who begins changes. Seconds are the node's own, by n8n's record; memory is the resident memory of n8n's process.`,
		tables,
		reading:
			'Both stream the file to disk, so what they hold in memory does not depend on its size. Download also counts the bytes against the announced length and watches for a transfer that stalls. Rounds differ more than the two nodes do, hence the many rounds of the smaller file. Download has n8n read the credential first, which the HTTP Request node has no need to. Most of the peak is what n8n itself holds; the last column is the part the download adds. It is shown as a difference, because it is small and depends on when Node.js collects garbage.',
		targets,
	};
}

/**
 * Downloads a video with one node, and removes the file afterwards.
 *
 * @returns seconds of the node, by n8n's own record; the highest resident memory of n8n's process meanwhile, and
 * by how much that is above what it was at the start, in MB
 */
async function download(
	lab: Lab,
	bytes: number,
	nodeName: string,
	workflowFor: (url: string) => WorkflowDefinition,
) {
	const { client, n8n, simulator } = lab.stage;
	simulator.reset();
	const taskId = simulator.addVideo({ files: { bytes } });
	const workflow = workflowFor(`${simulator.fileUrl}/v/${taskId}-0-base.mp4`);
	const { id } = await client.createWorkflow(workflow);
	const watch = new MemoryWatch(Number(n8n.pid));
	const execution = await client.runToEnd(id, { timeoutMs: LIMIT_MS });
	const [peak, growth] = [watch.peak(), watch.growth()];
	expectSuccess(execution, nodeName);
	const size = itemsOf(execution, nodeName)[0]?.binary?.data?.bytes;
	if (size !== bytes) throw new Error(`${nodeName} stored ${size} bytes instead of ${bytes}`);
	await client.deleteWorkflow(id);
	const milliseconds = execution.runs[nodeName]?.[0]?.executionTime ?? NaN;
	return { seconds: milliseconds / 1000, peak, growth };
}
