import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

import type { INodeParameters } from 'n8n-workflow';

import type { WorkflowDefinition } from '../../tools/n8n/client';
import { itemsOf, nodeError, type Execution } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { syntheticContent } from '../../tools/simulator';
import { listen } from '../../tools/simulator/network';
import { MemoryWatch } from './memory';
import { Stage } from './stage';
import { chain, connect, HTTP, httpDownload, KIE, kieNode } from './workflows';

const BIG_FILE = 300_000_000;
const BIG_IMAGE = 100_000_000;
/** Less than the smaller file: to hold one shows, n8n's own garbage (up to 62 MB) does not. */
const MOST_GROWTH_MB = 90;

let stage: Stage;
const execute = async (workflow: WorkflowDefinition): Promise<Execution> => {
	const { id } = await stage.client.createWorkflow(workflow);
	return await stage.client.runToEnd(id, { timeoutMs: 150_000 });
};
const ours = (parameters: INodeParameters) => chain(stage.credential, [{}], parameters);
const sha256Of = async (execution: Execution) => {
	const binary = itemsOf(execution, KIE)[0]?.binary?.data;
	if (!binary) throw new Error('There is no file');
	const bytes = await stage.client.downloadBinary(binary);
	return createHash('sha256').update(bytes).digest('hex');
};
const finishedUrl = async (bytes: number) => {
	const taskId = stage.simulator.addVideo({ files: { bytes } });
	const execution = await execute(ours({ operation: 'get', taskId }));
	return String(itemsOf(execution, KIE)[0]?.json.videoUrl);
};

describe.each(LINES.map(({ name }) => name))('what n8n %s keeps', (line) => {
	beforeAll(async () => {
		// 1.x keeps binary data in memory unless told otherwise; 2.x keeps files.
		const env = line === '1.x' ? { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' } : {};
		stage = await Stage.open(line, { env });
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => await stage.close());

	/** By how much n8n's process grows at most while a workflow runs. */
	const measured = async (workflow: WorkflowDefinition) => {
		const { id } = await stage.client.createWorkflow(workflow);
		const watch = new MemoryWatch(Number(stage.n8n.pid));
		const execution = await stage.client.runToEnd(id, { timeoutMs: 150_000 });
		if (execution.status !== 'success') throw new Error(nodeError(execution, KIE)?.message);
		return { execution, growth: watch.growth() };
	};

	it('downloads 300 MB in little memory', async () => {
		const download = (url: string) => ours({ operation: 'download', url });
		const small = await finishedUrl(1_000_000);
		expect(await sha256Of(await execute(download(small)))).toBe(
			await stage.simulator.fileSha256(small),
		);
		const { execution, growth } = await measured(download(await finishedUrl(BIG_FILE)));
		console.log(`n8n ${line}: download of 300 MB, peak growth ${growth.toFixed(0)} MB`);
		expect(itemsOf(execution, KIE)[0]?.json.fileSize).toBe(BIG_FILE);
		expect(growth).toBeLessThan(MOST_GROWTH_MB);
	});

	it('uploads a 100 MB image in little memory', async () => {
		const image = syntheticContent(BIG_IMAGE, 'image');
		const server = createServer((_request, response) => {
			response.writeHead(200, { 'content-type': 'image/png', 'content-length': image.length });
			image.open().pipe(response);
		});
		const url = `http://127.0.0.1:${await listen(server)}/image.png`;
		try {
			const source = httpDownload(url);
			const upload = kieNode(KIE, stage.credential, {
				resource: 'video',
				operation: 'generate',
				prompt: 'It moves',
				generationType: 'FIRST_AND_LAST_FRAMES_2_VIDEO',
				imageSource: 'binary',
				waitMode: 'none',
			});
			const { growth } = await measured({
				...source,
				nodes: [...source.nodes, upload],
				connections: { ...source.connections, ...connect(HTTP, KIE) },
			});
			console.log(`n8n ${line}: upload of 100 MB, peak growth ${growth.toFixed(0)} MB`);
			const hash = createHash('sha256');
			for await (const chunk of image.open()) hash.update(chunk as Buffer);
			expect(stage.simulator.uploads).toMatchObject([
				{ fileSize: BIG_IMAGE, mimeType: 'image/png', sha256: hash.digest('hex') },
			]);
			expect(stage.simulator.paid()).toHaveLength(1);
			expect(growth).toBeLessThan(MOST_GROWTH_MB);
		} finally {
			server.close();
		}
	});

	it('leaves the API key in no execution, no log line and no table but the encrypted one', () => {
		const { key } = stage.simulator.account();
		const folder = join(stage.n8n.userFolder, '.n8n');
		const databases = readdirSync(folder).filter((file) => file.startsWith('database.sqlite'));
		expect(databases.length).toBeGreaterThan(0);
		for (const file of databases) {
			expect(readFileSync(join(folder, file)).includes(key)).toBe(false);
		}
		expect(stage.n8n.log()).not.toContain(key);
	});
});
