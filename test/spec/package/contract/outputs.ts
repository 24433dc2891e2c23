import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { INodeExecutionData, INodeParameters, OnError } from 'n8n-workflow';

import { KieVeo } from '../../../../nodes/KieVeo/KieVeo.node';
import { KieVeoTrigger } from '../../../../nodes/KieVeo/KieVeoTrigger.node';
import type { ApiName } from '../../../../nodes/KieVeo/kie/api';
import { EVENTS as EVENTS_OF_TRIGGER } from '../../../../nodes/KieVeo/operations';
import { runNode, useBinaryFolder, type RunResult } from '../../integration/runNode';
import { runWebhook } from '../../integration/runWebhook';
import { SIMULATOR_KEY, startSimulator, type Simulator } from '../../../tools/simulator';
import {
	startReceiver,
	until,
	type ReceivedCallback,
	type Receiver,
} from '../../../tools/simulator/testing';
import type { Json } from './parameters';
import { shapeOf } from './shape';

const HMAC_KEY = 'contract-webhook-key';
const CONTINUE: OnError = 'continueRegularOutput';
/** Longer than any timeout used here, in milliseconds. */
const SLOW = 60_000;
const EVENTS = EVENTS_OF_TRIGGER.map(({ value }) => value);

/**
 * Runs every operation, wait mode and event against the simulator and notes what comes out.
 *
 * @param api where the credential says orders go
 * @returns the shape of the first item by a name of the case
 */
export async function collectOutputs(api: ApiName): Promise<{ [name: string]: Json }> {
	const folder = mkdtempSync(join(tmpdir(), 'kie-veo-contract-'));
	await useBinaryFolder(folder);
	const simulator = await startSimulator({
		accounts: [{ key: SIMULATOR_KEY, credits: 100_000, webhookHmacKey: HMAC_KEY }],
	});
	const receiver = await startReceiver();
	try {
		const stage = new Stage(simulator, receiver, api);
		const shapes: Array<[string, Json]> = [];
		for (const [name, produce] of [...cases(stage), ...CASES_OF_ONE[api](stage)])
			shapes.push([name, shapeOf(await produce())]);
		return Object.fromEntries(shapes);
	} finally {
		await receiver.close();
		await simulator.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

type Case = [name: string, produce: () => Promise<INodeExecutionData>];

function cases(stage: Stage): Case[] {
	const { simulator } = stage;
	const impossible = { upgrade4k: { outcome: 'failure', afterFailure: 'answer' } } as const;
	const upgrade = (video: Parameters<Simulator['addVideo']>[0]): Run => ({
		operation: 'get4k',
		taskId: simulator.addVideo(video),
	});
	const get4k = async (video: Parameters<Simulator['addVideo']>[0], more: Run = {}) =>
		await stage.first({ ...upgrade(video), ...more });
	const prompt = 'A dog playing';
	const none = { waitMode: 'none' };
	const failing = { generation: { outcome: 'failure' } } as const;

	return [
		['get4k: ready', async () => await get4k({})],
		['get4k: ready, downloaded', async () => await get4k({}, { parameters: { download: true } })],
		[
			'get4k: ready, another ID, Simplify off',
			async () => await get4k({ upgrade4k: { ownTaskId: true } }, { options: { simplify: false } }),
		],
		['get4k: submitted', async () => await get4k({}, { parameters: none })],
		[
			'get4k: timeout, On Timeout: Continue',
			async () =>
				await get4k(
					{ timings: { upgrade4k: SLOW } },
					{ options: { timeout: 1, onTimeout: 'continue' } },
				),
		],
		[
			'get4k: timeout, On Error: Continue',
			async () =>
				await get4k(
					{ timings: { upgrade4k: SLOW } },
					{ options: { timeout: 1 }, onError: CONTINUE },
				),
		],
		[
			'get4k: unavailable, 1080P instead',
			async () =>
				await get4k(
					{ upgrade4k: { outcome: 'refused' } },
					{ options: { on4kUnavailable: 'get1080p' } },
				),
		],
		[
			'get4k: failed, On Error: Continue',
			async () => await get4k(impossible, { onError: CONTINUE }),
		],
		['get4k: Wait for Callback, ready', async () => await stage.resumed(upgrade({}))],
		['get4k: Wait for Callback, failed', async () => await stage.resumed(upgrade(impossible))],
		[
			'get4k: Wait for Callback, file that cannot be had',
			async () => {
				const run = upgrade({ files: { bare: 'gone' } });
				return await stage.resumed({ ...run, parameters: { download: true } });
			},
		],
		[
			'get4k: Wait for Callback, timeout',
			async () => {
				const run = upgrade({ timings: { upgrade4k: SLOW } });
				return await stage.resumed({ ...run, options: { timeout: 1 } });
			},
		],
		[
			'get4k: Wait for Callback, nobody could ask at the timeout',
			async () => await stage.stored(upgrade({ timings: { upgrade4k: SLOW } })),
		],
		[
			'get1080p: ready',
			async () => await stage.first({ operation: 'get1080p', taskId: simulator.addVideo() }),
		],
		[
			'get: ready',
			async () => await stage.first({ operation: 'get', taskId: simulator.addVideo() }),
		],
		[
			'generate: submitted',
			async () => await stage.first({ operation: 'generate', parameters: { prompt, ...none } }),
		],
		[
			'generate: ready',
			async () => await stage.first({ operation: 'generate', parameters: { prompt } }),
		],
		[
			'generate: ready, downloaded',
			async () =>
				await stage.first({ operation: 'generate', parameters: { prompt, download: true } }),
		],
		[
			'generate: failed, On Error: Continue',
			async () => {
				simulator.nextTask(failing);
				const parameters = { prompt };
				return await stage.first({ operation: 'generate', parameters, onError: CONTINUE });
			},
		],
		[
			'generate: Wait for Callback, ready',
			async () => await stage.resumed({ operation: 'generate', parameters: { prompt } }),
		],
		[
			'generate: Wait for Callback, failed',
			async () => {
				simulator.nextTask(failing);
				return await stage.resumed({ operation: 'generate', parameters: { prompt } });
			},
		],
		[
			'extend: ready',
			async () =>
				await stage.first({
					operation: 'extend',
					taskId: simulator.addVideo(),
					parameters: { prompt },
				}),
		],
		[
			'extend: ready, downloaded',
			async () =>
				await stage.first({
					operation: 'extend',
					taskId: simulator.addVideo(),
					parameters: { prompt, download: true },
				}),
		],
		[
			'download: done',
			async () => {
				const { json } = await stage.first({ operation: 'get', taskId: simulator.addVideo() });
				return await stage.first({
					operation: 'download',
					parameters: { url: String(json.videoUrl) },
				});
			},
		],
		[
			'download: failed, On Error: Continue',
			async () => {
				const taskId = simulator.addVideo({ files: { bare: 'gone' } });
				const { json } = await stage.first({ operation: 'get', taskId });
				return await stage.first({
					operation: 'download',
					parameters: { url: String(json.videoUrl) },
					onError: CONTINUE,
				});
			},
		],
		['getCredits: done', async () => await stage.first({ operation: 'getCredits' })],
		[
			'getCredits: failed, On Error: Continue',
			async () =>
				await stage.first({ operation: 'getCredits', apiKey: 'wrong', onError: CONTINUE }),
		],
		[
			'trigger: 4K ready, passed through, Simplify off',
			async () =>
				await stage.triggered(
					{
						operation: 'get4k',
						taskId: simulator.addVideo({ callback: { form: { credits: true } } }),
						options: { passThrough: '{"orderId": 42}' },
					},
					{ simplify: false },
				),
		],
		[
			'trigger: 4K failed',
			async () =>
				await stage.triggered({ operation: 'get4k', taskId: simulator.addVideo(impossible) }),
		],
		[
			'trigger: generated',
			async () => await stage.triggered({ operation: 'generate', parameters: { prompt } }),
		],
		[
			'trigger: generation failed',
			async () => {
				simulator.nextTask(failing);
				return await stage.triggered({ operation: 'generate', parameters: { prompt } });
			},
		],
		[
			'trigger: extended',
			async () =>
				await stage.triggered({
					operation: 'extend',
					taskId: simulator.addVideo(),
					parameters: { prompt },
				}),
		],
		['trigger: a callback that does not say what it is about', async () => await stage.foreign()],
	];
}

/** What only one of the APIs can do. */
const CASES_OF_ONE: Record<ApiName, (stage: Stage) => Case[]> = {
	veo: () => [],
	jobs: (stage) => {
		const failing = { upgrade1080p: { outcome: 'failure' } } as const;
		const upgrade = (video: Parameters<Simulator['addVideo']>[0] = {}): Run => ({
			operation: 'get1080p',
			taskId: stage.simulator.addVideo(video),
		});
		return [
			['get1080p: Wait for Callback, ready', async () => await stage.resumed(upgrade())],
			['get1080p: Wait for Callback, failed', async () => await stage.resumed(upgrade(failing))],
			['trigger: 1080P ready', async () => await stage.triggered(upgrade())],
			['trigger: 1080P failed', async () => await stage.triggered(upgrade(failing))],
		];
	},
};

interface Run {
	operation?: string;
	taskId?: string;
	parameters?: INodeParameters;
	options?: INodeParameters;
	onError?: OnError;
	apiKey?: string;
}

/** Both nodes, the simulator, and a place where its callbacks arrive. */
class Stage {
	private seen = 0;

	constructor(
		readonly simulator: Simulator,
		private readonly receiver: Receiver,
		private readonly api: ApiName,
	) {}

	/** The action node's first item. */
	async first(run: Run): Promise<INodeExecutionData> {
		return firstOf((await this.run(run)).items);
	}

	/** The item that n8n stores while the execution is suspended. */
	async stored(run: Run): Promise<INodeExecutionData> {
		const parameters = { ...run.parameters, waitMode: 'callback' };
		return firstOf((await this.run({ ...run, parameters })).stored);
	}

	/** The item of a suspended execution after Kie's callback, or at its end. */
	async resumed(run: Run): Promise<INodeExecutionData> {
		const parameters = { ...run.parameters, waitMode: 'callback' };
		const { stored, contextData } = await this.run({ ...run, parameters });
		for (;;) {
			const { items } = await runWebhook({
				nodeType: new KieVeo(),
				parameters: { ...parameters, options: {} },
				credentials: this.credentials(),
				callback: await this.nextCallback(),
				stored: [firstOf(stored)],
				contextData,
			});
			if (items !== null) return firstOf(items);
		}
	}

	/** What the trigger makes of the callback of a submission. */
	async triggered(run: Run, options: INodeParameters = {}): Promise<INodeExecutionData> {
		const callBackUrl = `${this.receiver.url}/webhook/veo`;
		await this.run({
			...run,
			parameters: { ...run.parameters, waitMode: 'none', callBackUrl },
		});
		return await this.receive(await this.nextCallback(), options);
	}

	/** A signed callback for an address that the action node did not make. */
	async foreign(): Promise<INodeExecutionData> {
		// The trigger remembers what it has delivered.
		const taskId = `veo_task_foreign_${this.api}`;
		const data = { taskId, resultUrls: ['https://file.example/one.mp4'] };
		const body = { code: 200, msg: 'success', data };
		await this.simulator.sendCallback(`${this.receiver.url}/webhook/veo`, { taskId, body });
		return await this.receive(await this.nextCallback(), {});
	}

	private async receive(callback: ReceivedCallback, options: INodeParameters) {
		const { items } = await runWebhook({
			nodeType: new KieVeoTrigger(),
			parameters: { events: EVENTS, signatureVerification: 'required', options },
			credentials: this.credentials(),
			callback,
		});
		return firstOf(items);
	}

	private async run({ operation, taskId, parameters, options, onError, apiKey }: Run) {
		const isAccount = operation === 'getCredits';
		const result: RunResult = await runNode({
			parameters: {
				resource: isAccount ? 'account' : 'video',
				operation: operation ?? '',
				taskId: taskId ?? '',
				index: 0,
				...(operation === 'download' || isAccount ? {} : { waitMode: 'poll' }),
				...parameters,
				options: { pollInterval: 1, ...options },
			},
			credentials: this.credentials(apiKey),
			webhookWaitingBaseUrl: `${this.receiver.url}/webhook-waiting`,
			onError,
		});
		return result;
	}

	private credentials(apiKey = SIMULATOR_KEY) {
		return {
			apiKey,
			api: this.api,
			webhookSecret: HMAC_KEY,
			baseUrl: this.simulator.apiUrl,
			uploadBaseUrl: this.simulator.uploadUrl,
		};
	}

	private async nextCallback(): Promise<ReceivedCallback> {
		const position = this.seen++;
		const { received } = this.receiver;
		await until(
			() => received.length,
			(count) => count > position,
		);
		return received[position] as ReceivedCallback;
	}
}

function firstOf(items: INodeExecutionData[] | null): INodeExecutionData {
	const [item] = items ?? [];
	if (!item) throw new Error('No item came out');
	return item;
}
