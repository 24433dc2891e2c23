import type { WorkflowDefinition } from '../n8n/client';
import { chain, HTTP, httpDownload, KIE } from '../../spec/e2e/workflows';
import { MemoryWatch } from '../../spec/e2e/memory';
import { itemsOf, nodeMilliseconds } from '../n8n/execution';
import { expectSuccess } from './executions';
import { median, ratios, shown, table, type Section, type Target } from './figures';
import type { Lab } from './lab';

const MOST_RATIO = 1.1;
/** MB a download may add to n8n's memory, however large the file is. */
const MOST_GROWTH = 100;
const LIMIT_MS = 300_000;

/** A file, and how often it is downloaded. */
interface Size {
	label: string;
	bytes: number;
	rounds: number;
	/** Whether the time is a target: a few rounds are too few for that. */
	isTimed?: true;
}

interface Download {
	/** Of the node, by n8n's own record. */
	seconds: number;
	/** Highest resident memory of n8n's process meanwhile, in MB. */
	peak: number;
	/** By how much that is above what it was at the start, in MB. */
	growth: number;
}

/** The downloads of one file, round by round. */
interface Downloads {
	size: Size;
	own: Download[];
	core: Download[];
}

/** Large files: time and memory, against n8n's HTTP Request node. */
export async function measureDownload(lab: Lab): Promise<Section> {
	const sizes: Size[] = [
		{ label: '300 MB', bytes: 300_000_000, rounds: lab.quick ? 2 : 16, isTimed: true },
		{ label: '2 GB', bytes: 2_000_000_000, rounds: lab.quick ? 1 : 2 },
	];
	const all: Downloads[] = [];
	for (const size of sizes) all.push(await downloadRounds(lab, size));
	const rounds = sizes.map(({ label, rounds: count }) => `${count} of ${label}`).join(' and ');
	return {
		title: `Download of ${sizes.map(({ label }) => label).join(' and ')}`,
		method: `The operation Download against n8n's HTTP Request node with Response Format "File", n8n's default binary data mode (files). Rounds in turn, ${rounds}; who begins changes. Seconds are the node's own, by n8n's record; memory is the resident memory of n8n's process.`,
		tables: all.map(toTable),
		reading:
			'Both stream the file to disk, so what they hold in memory does not depend on its size. Download also counts the bytes against the announced length and watches for a transfer that stalls. Rounds differ more than the two nodes do, hence the many rounds of the smaller file. Download has n8n read the credential first, which the HTTP Request node has no need to. Most of the peak is what n8n itself holds; the last column is the part the download adds. It is shown as a difference, because it is small and depends on when Node.js collects garbage.',
		targets: all.flatMap(toTargets),
	};
}

async function downloadRounds(lab: Lab, size: Size): Promise<Downloads> {
	const { credential } = await lab.newAccount();
	const url = await fileUrl(lab, size.bytes);
	const ours = async () =>
		await download(lab, chain(credential, [{}], { operation: 'download', url }), KIE, size);
	const theirs = async () => await download(lab, httpDownload(url), HTTP, size);
	const [own, core]: [Download[], Download[]] = [[], []];
	for (const warmUp of [ours, theirs]) await warmUp();
	for (let round = 0; round < size.rounds; round++) {
		lab.tell(`download: ${size.label}, round ${round + 1} of ${size.rounds}`);
		// Who begins changes: what the one before left behind must not always burden the same.
		if (round % 2 === 0) own.push(await ours());
		core.push(await theirs());
		if (round % 2 !== 0) own.push(await ours());
	}
	return { size, own, core };
}

/** Where a finished video of that many bytes can be downloaded. */
async function fileUrl(lab: Lab, bytes: number): Promise<string> {
	const { client, simulator } = await lab.stage();
	const { credential } = await lab.newAccount();
	simulator.reset();
	const taskId = simulator.addVideo({ files: { bytes } });
	const get = await client.createWorkflow(chain(credential, [{ taskId }], { operation: 'get' }));
	const found = await client.runToEnd(get.id);
	return String(itemsOf(found, KIE)[0]?.json.videoUrl);
}

/** Downloads with one node, and removes the file afterwards. */
async function download(
	lab: Lab,
	workflow: WorkflowDefinition,
	nodeName: string,
	{ bytes }: Size,
): Promise<Download> {
	const { client, n8n } = await lab.stage();
	const { id } = await client.createWorkflow(workflow);
	const watch = new MemoryWatch(Number(n8n.pid));
	const execution = await client.runToEnd(id, { timeoutMs: LIMIT_MS });
	const [peak, growth] = [watch.peak(), watch.growth()];
	expectSuccess(execution, nodeName);
	const size = itemsOf(execution, nodeName)[0]?.binary?.data?.bytes;
	if (size !== bytes) throw new Error(`${nodeName} stored ${size} bytes instead of ${bytes}`);
	await client.deleteWorkflow(id);
	return { seconds: nodeMilliseconds(execution, nodeName) / 1000, peak, growth };
}

function figures(of: readonly Download[], what: keyof Download): number[] {
	return of.map((run) => run[what]);
}

function ratio({ own, core }: Downloads, what: keyof Download): number[] {
	return ratios(figures(own, what), figures(core, what));
}

function toTable(downloads: Downloads): string {
	const { size, own, core } = downloads;
	const row = (name: string, of: readonly Download[]) => [
		name,
		shown(figures(of, 'seconds'), 2),
		shown(figures(of, 'peak'), 0),
		shown(figures(of, 'growth'), 0),
	];
	const difference = own.map(({ growth }, at) => growth - (core[at]?.growth ?? NaN));
	return table(
		[size.label, 'Seconds', 'Peak memory, MB', 'Above the start, MB'],
		row('Download', own),
		row('HTTP Request', core),
		[
			'Ratio',
			shown(ratio(downloads, 'seconds'), 2),
			shown(ratio(downloads, 'peak'), 2),
			`${shown(difference, 0)} MB difference`,
		],
	);
}

function toTargets(downloads: Downloads): Target[] {
	const { label, isTimed } = downloads.size;
	const within = (promise: string, what: 'seconds' | 'peak'): Target => ({
		promise: `Download of ${label} ${promise} at most ${MOST_RATIO} times that of the HTTP Request node`,
		setBy: "n8n's own nodes",
		measured: shown(ratio(downloads, what), 2),
		held: median(ratio(downloads, what)) <= MOST_RATIO,
	});
	const growth = figures(downloads.own, 'growth');
	return [
		...(isTimed ? [within('takes', 'seconds')] : []),
		within('has a peak memory', 'peak'),
		{
			promise: `Download of ${label} adds at most ${MOST_GROWTH} MB to n8n's memory`,
			measured: `${shown(growth, 0)} MB`,
			held: growth.every((each) => each <= MOST_GROWTH),
		},
	];
}
