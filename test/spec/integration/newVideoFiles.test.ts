import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { BinaryDataService } from 'n8n-core';
import type { INodeExecutionData } from 'n8n-workflow';

import { KieVeo } from '../../../nodes/KieVeo/KieVeo.node';
import {
	SIMULATOR_KEY,
	startSimulator,
	type NextTask,
	type Simulator,
} from '../../tools/simulator';
import { startReceiver, until, type Receiver } from '../../tools/simulator/testing';
import { runNode, useBinaryFolder } from './runNode';
import { runWebhook } from './runWebhook';

const folder = mkdtempSync(join(tmpdir(), 'kie-veo-new-files-'));
let simulator: Simulator;
let receiver: Receiver;
let binaryData: BinaryDataService;

beforeAll(async () => {
	simulator = await startSimulator();
	binaryData = await useBinaryFolder(folder);
});
beforeEach(async () => {
	simulator.reset();
	receiver = await startReceiver();
});
afterEach(async () => await receiver.close());
afterAll(async () => {
	await simulator.close();
	rmSync(folder, { recursive: true, force: true });
});

let executions = 0;

/** The item of a new video that is wanted as a file, with Continue on fail. */
async function newVideo(
	operation: string,
	waitMode: string,
	task: NextTask = {},
): Promise<INodeExecutionData | undefined> {
	const taskId = simulator.addVideo();
	simulator.nextTask(task);
	const parameters = {
		resource: 'video',
		operation,
		waitMode,
		taskId,
		prompt: 'A dog playing',
		download: true,
		binaryPropertyName: 'video',
	};
	const credentials = { apiKey: SIMULATOR_KEY, baseUrl: simulator.apiUrl };
	const executionId = String(++executions);
	const { items, stored } = await runNode({
		parameters: { ...parameters, options: waitMode === 'poll' ? { pollInterval: 1 } : {} },
		credentials,
		executionId,
		onError: 'continueRegularOutput',
		webhookWaitingBaseUrl: `${receiver.url}/webhook-waiting`,
	});
	if (stored === null) return items[0];
	const [callback] = await until(
		() => receiver.received,
		({ length }) => length > 0,
	);
	if (!callback) throw new Error('Kie.ai did not call back');
	const nodeType = new KieVeo();
	const answer = await runWebhook({
		nodeType,
		parameters,
		credentials,
		callback,
		stored,
		surroundings: { executionId },
	});
	return answer.items?.[0];
}

describe.each(['generate', 'extend'])('Download of %s', (operation) => {
	describe.each(['poll', 'callback'])('in the wait mode %s', (waitMode) => {
		it('gives the file of the new video, submitted once', async () => {
			const item = await newVideo(operation, waitMode);
			expect(item?.json).toMatchObject({ operation, status: 'success' });
			const file = item?.binary?.video;
			if (!file) throw new Error('There is no file');
			expect(file).toMatchObject({ fileName: `${String(item.json.taskId)}-720p.mp4` });
			const bytes = await binaryData.getAsBuffer(file);
			expect(createHash('sha256').update(bytes).digest('hex')).toBe(
				await simulator.fileSha256(String(item.json.videoUrl)),
			);
			expect(simulator.submissions()).toHaveLength(1);
		});

		it('leaves the URL to the item when the file is gone', async () => {
			const item = await newVideo(operation, waitMode, { files: { bare: 'gone' } });
			expect(item?.binary).toBeUndefined();
			expect(item?.json).toMatchObject({
				status: 'success',
				videoUrl: expect.stringMatching(/^http/),
				error: expect.stringContaining('could not be downloaded'),
			});
			expect(simulator.submissions()).toHaveLength(1);
		});
	});
});
