import type { INodeExecutionData, INodeParameters, OnError } from 'n8n-workflow';

import type { ApiName } from '../../../../nodes/KieVeo/kie/api';
import { OPERATIONS } from '../../../../nodes/KieVeo/operations';
import {
	SIMULATOR_KEY,
	startSimulator,
	type AddVideo,
	type NextTask,
	type Simulator,
} from '../../../tools/simulator';
import { startReceiver, until, type Receiver } from '../../../tools/simulator/testing';
import { jsonOf, OF_A_MODEL, runOperation, runTrigger } from '../../integration/runNode';
import { Suspended } from '../../integration/suspended';
import type { Json } from './parameters';

const HMAC_KEY = 'contract-webhook-key';
const CONTINUE: OnError = 'continueRegularOutput';
/** Longer than any timeout used here, in milliseconds. */
const SLOW = 60_000;

interface Case {
	/** Default: what its name begins with. */
	operation?: string;
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

const none = { waitMode: 'none' };
const download = { download: true };
const slowVideo: AddVideo = { timings: { upgrade4k: SLOW } };
const slow: Case = { video: slowVideo, options: { timeout: 1 } };
const failed: Case = { nextTask: { generation: { outcome: 'failure' } } };
const failed4k: Case = { video: { upgrade4k: { outcome: 'failure', afterFailure: 'answer' } } };
const failed1080p: Case = { video: { upgrade1080p: { outcome: 'failure' } } };
const gone: Case = { video: { files: { bare: 'gone' } } };

const CASES: { [name: string]: Case } = {
	'get4k: ready': {},
	'get4k: ready, downloaded': { parameters: download },
	'get4k: ready, another ID, Simplify off': {
		video: { upgrade4k: { ownTaskId: true } },
		options: { simplify: false },
	},
	'get4k: submitted': { parameters: none },
	'get4k: timeout, On Timeout: Continue': {
		...slow,
		options: { timeout: 1, onTimeout: 'continue' },
	},
	'get4k: timeout, On Error: Continue': { ...slow, onError: CONTINUE },
	'get4k: unavailable, 1080P instead': {
		video: { upgrade4k: { outcome: 'refused' } },
		options: { on4kUnavailable: 'get1080p' },
	},
	'get4k: failed, On Error: Continue': { ...failed4k, onError: CONTINUE },
	'get4k: Wait for Callback, ready': { item: 'resumed' },
	'get4k: Wait for Callback, failed': { ...failed4k, item: 'resumed' },
	'get4k: Wait for Callback, file that cannot be had': {
		...gone,
		item: 'resumed',
		parameters: download,
	},
	'get4k: Wait for Callback, timeout': { ...slow, item: 'resumed' },
	'get4k: Wait for Callback, nobody could ask at the timeout': { video: slowVideo, item: 'stored' },
	'get1080p: ready': {},
	'get: ready': {},
	'generate: submitted': { parameters: none },
	'generate: ready': {},
	'generate: ready, downloaded': { parameters: download },
	'generate: failed, On Error: Continue': { ...failed, onError: CONTINUE },
	'generate: Wait for Callback, ready': { item: 'resumed' },
	'generate: Wait for Callback, failed': { ...failed, item: 'resumed' },
	'extend: ready': {},
	'extend: ready, downloaded': { parameters: download },
	'download: done': {},
	'download: failed, On Error: Continue': { ...gone, onError: CONTINUE },
	'getCredits: done': {},
	'getCredits: failed, On Error: Continue': { apiKey: 'wrong', onError: CONTINUE },
	'runModel: submitted': { parameters: none },
	'runModel: ready': {},
	'runModel: ready, downloaded': { parameters: download },
	'runModel: timeout, On Timeout: Continue': {
		nextTask: { timings: { runModel: SLOW } },
		options: { timeout: 1, onTimeout: 'continue' },
	},
	'runModel: failed, On Error: Continue': { ...failed, onError: CONTINUE },
	'runModel: Wait for Callback, ready': { item: 'resumed' },
	'runModel: Wait for Callback, failed': { ...failed, item: 'resumed' },
	'getTask: ready': { video: { api: 'jobs' } },
	'getModel: done': {},
	'upload: done': {},
	'upload: failed, On Error: Continue': { apiKey: 'wrong', onError: CONTINUE },
	'trigger: task finished': { operation: 'runModel', item: 'triggered' },
	'trigger: task failed': { ...failed, operation: 'runModel', item: 'triggered' },
	'trigger: 4K ready, passed through, Simplify off': {
		operation: 'get4k',
		video: { callback: { form: 'withCredits' } },
		item: 'triggered',
		options: { passThrough: '{"orderId": 42}' },
		triggerOptions: { simplify: false },
	},
	'trigger: 4K failed': { ...failed4k, operation: 'get4k', item: 'triggered' },
	'trigger: generated': { operation: 'generate', item: 'triggered' },
	'trigger: generation failed': { ...failed, operation: 'generate', item: 'triggered' },
	'trigger: extended': { operation: 'extend', item: 'triggered' },
	'trigger: a callback that does not say what it is about': { item: 'foreign' },
};

/** What only one of the APIs can do. */
const CASES_OF_ONE: Record<ApiName, typeof CASES> = {
	veo: {},
	jobs: {
		'get1080p: Wait for Callback, ready': { item: 'resumed' },
		'get1080p: Wait for Callback, failed': { ...failed1080p, item: 'resumed' },
		'trigger: 1080P ready': { operation: 'get1080p', item: 'triggered' },
		'trigger: 1080P failed': { ...failed1080p, operation: 'get1080p', item: 'triggered' },
	},
};

const FILE = { data: 'aGVsbG8=', mimeType: 'image/png', fileName: 'frame.png' };

/**
 * Runs every operation, wait mode and event against the simulator and notes what comes out.
 *
 * @param api where the credential says orders go
 * @returns the shape of the first item by a name of the case
 */
export async function collectOutputs(api: ApiName): Promise<{ [name: string]: Json }> {
	const simulator = await startSimulator({
		accounts: [{ key: SIMULATOR_KEY, credits: 100_000, webhookHmacKey: HMAC_KEY }],
	});
	const receiver = await startReceiver();
	try {
		const shapes: Array<[string, Json]> = [];
		for (const [name, wanted] of Object.entries({ ...CASES, ...CASES_OF_ONE[api] })) {
			const [named = ''] = name.split(':');
			const one = { operation: named, ...wanted };
			const [item] = await produce(one, { simulator, receiver, api });
			if (!item) throw new Error(`${name}: no item came out`);
			shapes.push([name, shapeOf(item)]);
		}
		return Object.fromEntries(shapes);
	} finally {
		await receiver.close();
		await simulator.close();
	}
}

/** A simulated Kie, and a place where its callbacks arrive. */
interface Stage {
	simulator: Simulator;
	receiver: Receiver;
	api: ApiName;
}

async function produce(
	wanted: Case & { operation: string },
	stage: Stage,
): Promise<INodeExecutionData[]> {
	const { operation, options, onError, apiKey = SIMULATOR_KEY, triggerOptions = {} } = wanted;
	const { simulator, receiver, api } = stage;
	const taskId = simulator.addVideo(wanted.video);
	if (wanted.nextTask) simulator.nextTask(wanted.nextTask);
	const { apiUrl: baseUrl, uploadUrl: uploadBaseUrl } = simulator;
	const credentials = { apiKey, api, webhookSecret: HMAC_KEY, baseUrl, uploadBaseUrl };
	const { resource = 'video' } = new Map(Object.entries(OPERATIONS)).get(operation) ?? {};
	const parameters = { ...OF_A_MODEL, resource, ...wanted.parameters };
	const json = { taskId, prompt: 'A dog playing', model: 'google/nano-banana' };
	const run = async (more: INodeParameters) =>
		await runOperation(credentials, {
			...{ operation, options, onError },
			items: [{ json, binary: { data: FILE } }],
			parameters: { ...parameters, ...more },
		});
	/** What the trigger makes of the next callback. */
	const receive = async () => {
		const callback = await until(
			() => receiver.received.shift(),
			(received) => received !== undefined,
		);
		if (!callback) throw new Error('nothing was received');
		const { items } = await runTrigger(callback, credentials, triggerOptions);
		return items ?? [];
	};
	switch (wanted.item) {
		case undefined: {
			if (operation !== 'download') return (await run({})).items;
			const [found] = jsonOf(
				await runOperation(credentials, { operation: 'get', taskIds: [taskId] }),
			);
			return (await run({ url: String(found?.videoUrl) })).items;
		}
		case 'stored':
		case 'resumed': {
			const timeout = Number(options?.timeout ?? 1800);
			const items = [json];
			const suspended = await Suspended.start({
				...{ credentials, operation, items, timeout, parameters },
			});
			try {
				return wanted.item === 'stored' ? suspended.stored : await suspended.output();
			} finally {
				await suspended.close();
			}
		}
		case 'triggered':
			await run({ ...none, callBackUrl: `${receiver.url}/webhook/veo` });
			return await receive();
		case 'foreign': {
			const data = { taskId, resultUrls: ['https://file.example/one.mp4'] };
			const body = { code: 200, msg: 'success', data };
			await simulator.sendCallback(`${receiver.url}/webhook/veo`, { taskId, body });
			return await receive();
		}
	}
}

/** Fields whose very value is a promise: workflows branch on it. */
const VOCABULARY = ['operation', 'status', 'event', 'resolution', 'fallback', 'timedOut'];

/** Field names of an item with the kinds of their values, and its binary fields. */
function shapeOf({ json, binary }: INodeExecutionData): Json {
	const fields = Object.entries(json).map(([name, value]): [string, Json] => [
		name,
		VOCABULARY.includes(name) ? `= ${JSON.stringify(value)}` : kindOf(value),
	]);
	const files = Object.keys(binary ?? {}).map((name): [string, Json] => [`binary.${name}`, 'file']);
	return Object.fromEntries([...fields, ...files]);
}

function kindOf(value: unknown): string {
	if (value === null) return 'null';
	if (!Array.isArray(value)) return typeof value;
	const kinds = [...new Set(value.map(kindOf))].sort();
	return kinds.length === 0 ? 'empty list' : `list of ${kinds.join(' or ')}`;
}
