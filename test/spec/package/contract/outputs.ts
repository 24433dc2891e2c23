import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { INodeExecutionData, INodeParameters, OnError } from 'n8n-workflow';

import { KieVeo } from '../../../../nodes/KieVeo/KieVeo.node';
import { KieVeoTrigger } from '../../../../nodes/KieVeo/KieVeoTrigger.node';
import type { ApiName } from '../../../../nodes/KieVeo/kie/api';
import {
	EVENTS as EVENTS_OF_TRIGGER,
	givesResult,
	OPERATIONS,
} from '../../../../nodes/KieVeo/operations';
import { runNode, useBinaryFolder, type RunResult, runWebhook } from '../../integration/runNode';
import {
	SIMULATOR_KEY,
	startSimulator,
	type AddVideo,
	type NextTask,
	type Simulator,
} from '../../../tools/simulator';
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
		for (const [name, wanted] of Object.entries({ ...CASES, ...CASES_OF_ONE[api] })) {
			shapes.push([name, shapeOf(await stage.produce(wanted))]);
		}
		return Object.fromEntries(shapes);
	} finally {
		await receiver.close();
		await simulator.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

interface Case {
	operation: string;
	/** A video at Kie that it is about. */
	video?: AddVideo;
	/** What Kie makes of a generation. */
	nextTask?: NextTask;
	parameters?: INodeParameters;
	options?: INodeParameters;
	onError?: OnError;
	apiKey?: string;
	/**
	 * Which item is meant. Default: the action node's first. `stored`: what n8n stores while the execution is
	 * suspended. `resumed`: after Kie's callback, or at its end. `triggered`: the trigger's, by the callback of a
	 * submission. `foreign`: the trigger's, by a signed callback for an address that the action node did not make.
	 */
	item?: 'stored' | 'resumed' | 'triggered' | 'foreign';
	/** Options of the trigger. */
	triggerOptions?: INodeParameters;
}

const CALLBACK = { waitMode: 'callback' };
const none = { waitMode: 'none' };
const get: Case = { operation: 'get' };
const prompt = 'A dog playing';
const slow: AddVideo = { timings: { upgrade4k: SLOW } };
const impossible: AddVideo = { upgrade4k: { outcome: 'failure', afterFailure: 'answer' } };
const impossible1080p: AddVideo = { upgrade1080p: { outcome: 'failure' } };
const gone: AddVideo = { files: { bare: 'gone' } };

const of = (operation: string, video: AddVideo, more: Partial<Case> = {}): Case => ({
	operation,
	video,
	...more,
});
const get4k = (video: AddVideo = {}, more: Partial<Case> = {}) => of('get4k', video, more);
const get1080p = (video: AddVideo = {}, more: Partial<Case> = {}) => of('get1080p', video, more);
const generate = (more: Partial<Case> = {}): Case => ({
	operation: 'generate',
	...more,
	parameters: { prompt, ...more.parameters },
});
const failed = { nextTask: { generation: { outcome: 'failure' } } } as const;
const runModel = (more: Partial<Case> = {}): Case => ({
	operation: 'runModel',
	...more,
	parameters: {
		modelId: 'google/nano-banana',
		inputMode: 'json',
		inputJson: { prompt },
		...more.parameters,
	},
});
const failing = (more: Partial<Case>) => generate({ ...failed, ...more });
const extend = (more: Partial<Case> = {}) =>
	of('extend', {}, { ...more, parameters: { prompt, ...more.parameters } });

const CASES: { [name: string]: Case } = {
	'get4k: ready': get4k(),
	'get4k: ready, downloaded': get4k({}, { parameters: { download: true } }),
	'get4k: ready, another ID, Simplify off': get4k(
		{ upgrade4k: { ownTaskId: true } },
		{ options: { simplify: false } },
	),
	'get4k: submitted': get4k({}, { parameters: none }),
	'get4k: timeout, On Timeout: Continue': get4k(slow, {
		options: { timeout: 1, onTimeout: 'continue' },
	}),
	'get4k: timeout, On Error: Continue': get4k(slow, { options: { timeout: 1 }, onError: CONTINUE }),
	'get4k: unavailable, 1080P instead': get4k(
		{ upgrade4k: { outcome: 'refused' } },
		{ options: { on4kUnavailable: 'get1080p' } },
	),
	'get4k: failed, On Error: Continue': get4k(impossible, { onError: CONTINUE }),
	'get4k: Wait for Callback, ready': get4k({}, { item: 'resumed' }),
	'get4k: Wait for Callback, failed': get4k(impossible, { item: 'resumed' }),
	'get4k: Wait for Callback, file that cannot be had': get4k(gone, {
		item: 'resumed',
		parameters: { download: true },
	}),
	'get4k: Wait for Callback, timeout': get4k(slow, { item: 'resumed', options: { timeout: 1 } }),
	'get4k: Wait for Callback, nobody could ask at the timeout': get4k(slow, { item: 'stored' }),
	'get1080p: ready': get1080p(),
	'get: ready': { ...get, video: {} },
	'generate: submitted': generate({ parameters: none }),
	'generate: ready': generate(),
	'generate: ready, downloaded': generate({ parameters: { download: true } }),
	'generate: failed, On Error: Continue': failing({ onError: CONTINUE }),
	'generate: Wait for Callback, ready': generate({ item: 'resumed' }),
	'generate: Wait for Callback, failed': failing({ item: 'resumed' }),
	'extend: ready': extend(),
	'extend: ready, downloaded': extend({ parameters: { download: true } }),
	'download: done': of('download', {}),
	'download: failed, On Error: Continue': of('download', gone, { onError: CONTINUE }),
	'getCredits: done': { operation: 'getCredits' },
	'getCredits: failed, On Error: Continue': {
		operation: 'getCredits',
		apiKey: 'wrong',
		onError: CONTINUE,
	},
	'runModel: submitted': runModel({ parameters: none }),
	'runModel: ready': runModel(),
	'runModel: ready, downloaded': runModel({ parameters: { download: true } }),
	'runModel: timeout, On Timeout: Continue': runModel({
		nextTask: { timings: { runModel: SLOW } },
		options: { timeout: 1, onTimeout: 'continue' },
	}),
	'runModel: failed, On Error: Continue': runModel({ ...failed, onError: CONTINUE }),
	'runModel: Wait for Callback, ready': runModel({ item: 'resumed' }),
	'runModel: Wait for Callback, failed': runModel({ ...failed, item: 'resumed' }),
	'getTask: ready': { operation: 'getTask', video: { api: 'jobs' } },
	'getModel: done': {
		operation: 'getModel',
		parameters: { modelId: 'google/nano-banana' },
	},
	'upload: done': { operation: 'upload' },
	'upload: failed, On Error: Continue': {
		operation: 'upload',
		apiKey: 'wrong',
		onError: CONTINUE,
	},
	'trigger: task finished': runModel({ item: 'triggered' }),
	'trigger: task failed': runModel({ ...failed, item: 'triggered' }),
	'trigger: 4K ready, passed through, Simplify off': get4k(
		{ callback: { form: 'withCredits' } },
		{
			item: 'triggered',
			options: { passThrough: '{"orderId": 42}' },
			triggerOptions: { simplify: false },
		},
	),
	'trigger: 4K failed': get4k(impossible, { item: 'triggered' }),
	'trigger: generated': generate({ item: 'triggered' }),
	'trigger: generation failed': failing({ item: 'triggered' }),
	'trigger: extended': extend({ item: 'triggered' }),
	'trigger: a callback that does not say what it is about': { operation: '', item: 'foreign' },
};

/** What only one of the APIs can do. */
const CASES_OF_ONE: Record<ApiName, typeof CASES> = {
	veo: {},
	jobs: {
		'get1080p: Wait for Callback, ready': get1080p({}, { item: 'resumed' }),
		'get1080p: Wait for Callback, failed': get1080p(impossible1080p, { item: 'resumed' }),
		'trigger: 1080P ready': get1080p({}, { item: 'triggered' }),
		'trigger: 1080P failed': get1080p(impossible1080p, { item: 'triggered' }),
	},
};

const WITH_FILE: INodeExecutionData = {
	json: {},
	binary: { data: { data: 'aGVsbG8=', mimeType: 'image/png', fileName: 'frame.png' } },
};

/** Both nodes, the simulator, and a place where its callbacks arrive. */
/** Each suspends at most once, as in n8n. */
let executions = 0;

class Stage {
	private seen = 0;

	constructor(
		readonly simulator: Simulator,
		private readonly receiver: Receiver,
		private readonly api: ApiName,
	) {}

	async produce(wanted: Case): Promise<INodeExecutionData> {
		const { simulator, receiver } = this;
		const taskId = wanted.video && simulator.addVideo(wanted.video);
		if (wanted.nextTask) simulator.nextTask(wanted.nextTask);
		switch (wanted.item) {
			case undefined: {
				const url = wanted.operation === 'download' && (await this.run(get, taskId)).items;
				const parameters = url ? { url: String(firstOf(url).json.videoUrl) } : {};
				return firstOf((await this.run(wanted, taskId, parameters)).items);
			}
			case 'stored':
				return firstOf((await this.run(wanted, taskId, CALLBACK)).stored);
			case 'resumed':
				return await this.resumed(wanted, taskId);
			case 'triggered': {
				const callBackUrl = `${receiver.url}/webhook/veo`;
				await this.run(wanted, taskId, { ...none, callBackUrl });
				return await this.receive(wanted.triggerOptions);
			}
			case 'foreign': {
				// The trigger remembers what it has delivered.
				const foreign = `veo_task_foreign_${this.api}`;
				const data = { taskId: foreign, resultUrls: ['https://file.example/one.mp4'] };
				const body = { code: 200, msg: 'success', data };
				await simulator.sendCallback(`${receiver.url}/webhook/veo`, { taskId: foreign, body });
				return await this.receive();
			}
		}
	}

	private async resumed(wanted: Case, taskId?: string): Promise<INodeExecutionData> {
		const { stored, contextData } = await this.run(wanted, taskId, CALLBACK);
		for (;;) {
			const { items } = await runWebhook({
				nodeType: new KieVeo(),
				parameters: { ...wanted.parameters, ...CALLBACK, options: {} },
				credentials: this.credentials(),
				callback: await this.nextCallback(),
				stored: [firstOf(stored)],
				contextData,
				surroundings: { executionId: String(executions) },
			});
			if (items !== null) return firstOf(items);
		}
	}

	/** What the trigger makes of the next callback. */
	private async receive(options: INodeParameters = {}): Promise<INodeExecutionData> {
		const { items } = await runWebhook({
			nodeType: new KieVeoTrigger(),
			parameters: { events: EVENTS, signatureVerification: 'required', options },
			credentials: this.credentials(),
			callback: await this.nextCallback(),
		});
		return firstOf(items);
	}

	private async run(
		{ operation, parameters, options, onError, apiKey }: Case,
		taskId = '',
		more: INodeParameters = {},
	): Promise<RunResult> {
		const { resource = 'video' } =
			Object.entries(OPERATIONS).find(([name]) => name === operation)?.[1] ?? {};
		return await runNode({
			parameters: {
				resource,
				operation,
				taskId,
				index: 0,
				...(givesResult(operation) ? { waitMode: 'poll' } : {}),
				...parameters,
				...more,
				options: { pollInterval: 1, ...options },
			},
			credentials: this.credentials(apiKey),
			webhookWaitingBaseUrl: `${this.receiver.url}/webhook-waiting`,
			executionId: String(++executions),
			onError,
			...(operation === 'upload' ? { items: [WITH_FILE] } : {}),
		});
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
