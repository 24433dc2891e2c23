import type { WorkflowDefinition } from '../n8n/client';
import { chain, HTTP, httpDownload, KIE } from '../../spec/e2e/workflows';
import { MemoryWatch } from '../../spec/e2e/memory';
import { itemsOf, nodeMilliseconds } from '../n8n/execution';
import { expectSuccess } from './executions';
import type { Lab } from './lab';
import type { Section } from './report';
import { roundRatios, spreadOf } from './statistics';
import { table, written } from './table';

const BYTES = 300_000_000;
const MOST_RATIO = 1.1;

interface Download {
	/** Of the node, by n8n's own record. */
	seconds: number;
	/** Highest resident memory of n8n's process meanwhile, in MB. */
	peak: number;
	/** By how much that is above what it was at the start, in MB. */
	growth: number;
}

/** Downloads with one node, and removes the file afterwards. */
async function download(
	lab: Lab,
	workflow: WorkflowDefinition,
	nodeName: string,
): Promise<Download> {
	const { client, n8n } = await lab.stage();
	const { id } = await client.createWorkflow(workflow);
	const watch = new MemoryWatch(Number(n8n.pid));
	const execution = await client.runToEnd(id, { timeoutMs: 120_000 });
	const [peak, growth] = [watch.peak(), watch.growth()];
	expectSuccess(execution, nodeName);
	const size = itemsOf(execution, nodeName)[0]?.binary?.data?.bytes;
	if (size !== BYTES) throw new Error(`${nodeName} stored ${size} bytes instead of ${BYTES}`);
	await client.deleteWorkflow(id);
	return { seconds: nodeMilliseconds(execution, nodeName) / 1000, peak, growth };
}

/** A large file: time and memory, against n8n's HTTP Request node. */
export async function measureDownload(lab: Lab): Promise<Section> {
	const rounds = lab.quick ? 2 : 16;
	const { client, simulator } = await lab.stage();
	const { credential } = await lab.newAccount();
	simulator.reset();
	const taskId = simulator.addVideo({ files: { bytes: BYTES } });
	const get = await client.createWorkflow(chain(credential, [{ taskId }], { operation: 'get' }));
	const found = await client.runToEnd(get.id);
	const url = String(itemsOf(found, KIE)[0]?.json.videoUrl);

	const ours = () => download(lab, chain(credential, [{}], { operation: 'download', url }), KIE);
	const theirs = () => download(lab, httpDownload(url), HTTP);
	const own: Download[] = [];
	const core: Download[] = [];
	for (const warmUp of [ours, theirs]) await warmUp();
	for (let round = 0; round < rounds; round++) {
		lab.tell(`download: round ${round + 1} of ${rounds}`);
		// Who begins changes: what the one before left behind must not always burden the same.
		if (round % 2 === 0) own.push(await ours());
		core.push(await theirs());
		if (round % 2 !== 0) own.push(await ours());
	}

	const figures = (of: Download[], what: keyof Download) => of.map((run) => run[what]);
	const ratio = (what: keyof Download) => roundRatios(figures(own, what), figures(core, what));
	const row = (name: string, of: Download[]) => [
		name,
		written(spreadOf(figures(of, 'seconds')), 2),
		written(spreadOf(figures(of, 'peak')), 0),
		written(spreadOf(figures(of, 'growth')), 0),
	];
	const within = (promise: string, what: keyof Download) => ({
		promise: `Download of 300 MB ${promise} at most ${MOST_RATIO} times that of the HTTP Request node`,
		measured: written(ratio(what), 2),
		held: ratio(what).median <= MOST_RATIO,
	});
	return {
		title: 'Download of 300 MB',
		method: `The operation Download against n8n's HTTP Request node with Response Format "File", n8n's default binary data mode (files). ${rounds} rounds in turn, who begins changes. Seconds are the node's own, by n8n's record; memory is the resident memory of n8n's process.`,
		tables: [
			table(
				['', 'Seconds', 'Peak memory, MB', 'Above the start, MB'],
				[
					row('Download', own),
					row('HTTP Request', core),
					[
						'Ratio',
						written(ratio('seconds'), 2),
						written(ratio('peak'), 2),
						written(spreadOf(own.map(({ growth }, at) => growth - (core[at]?.growth ?? NaN))), 0) +
							' MB difference',
					],
				],
			),
		],
		reading:
			'Both stream the file to disk. Download also counts the bytes against the announced length and watches for a transfer that stalls. Rounds differ more than the two nodes do, hence the many rounds. Download has n8n read the credential first, which the HTTP Request node has no need to. Most of the peak is what n8n itself holds; the last column is the part the download adds. It is shown as a difference, because it is small and depends on when Node.js collects garbage.',
		targets: [within('takes', 'seconds'), within('has a peak memory', 'peak')],
	};
}
