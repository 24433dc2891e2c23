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

const none = { waitMode: 'none' };
const slow: AddVideo = { timings: { upgrade4k: SLOW } };
const impossible: AddVideo = { upgrade4k: { outcome: 'failure', afterFailure: 'answer' } };
const impossible1080p: AddVideo = { upgrade1080p: { outcome: 'failure' } };
const gone: AddVideo = { files: { bare: 'gone' } };
const failed = { nextTask: { generation: { outcome: 'failure' } } } as const;

const of = (operation: string, more: Partial<Case> = {}): Case => ({ operation, ...more });
const get4k = (video: AddVideo = {}, more: Partial<Case> = {}) => of('get4k', { video, ...more });
const get1080p = (video: AddVideo = {}, more: Partial<Case> = {}) =>
	of('get1080p', { video, ...more });
const generate = (more: Partial<Case> = {}) => of('generate', more);
const failing = (more: Partial<Case>) => generate({ ...failed, ...more });
const extend = (more: Partial<Case> = {}) => of('extend', more);
const runModel = (more: Partial<Case> = {}) => of('runModel', more);

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
	'get: ready': of('get'),
	'generate: submitted': generate({ parameters: none }),
	'generate: ready': generate(),
	'generate: ready, downloaded': generate({ parameters: { download: true } }),
	'generate: failed, On Error: Continue': failing({ onError: CONTINUE }),
	'generate: Wait for Callback, ready': generate({ item: 'resumed' }),
	'generate: Wait for Callback, failed': failing({ item: 'resumed' }),
	'extend: ready': extend(),
	'extend: ready, downloaded': extend({ parameters: { download: true } }),
	'download: done': of('download'),
	'download: failed, On Error: Continue': of('download', { video: gone, onError: CONTINUE }),
	'getCredits: done': of('getCredits'),
	'getCredits: failed, On Error: Continue': of('getCredits', {
		apiKey: 'wrong',
		onError: CONTINUE,
	}),
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
	'getTask: ready': of('getTask', { video: { api: 'jobs' } }),
	'getModel: done': of('getModel'),
	'upload: done': of('upload'),
	'upload: failed, On Error: Continue': of('upload', { apiKey: 'wrong', onError: CONTINUE }),
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
	'trigger: a callback that does not say what it is about': of('', { item: 'foreign' }),
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
			const [item] = await produce(wanted, { simulator, receiver, api });
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

async function produce(wanted: Case, stage: Stage): Promise<INodeExecutionData[]> {
	const { operation, options, onError, apiKey = SIMULATOR_KEY, triggerOptions = {} } = wanted;
	const { simulator, receiver, api } = stage;
	const taskId = simulator.addVideo(wanted.video);
	if (wanted.nextTask) simulator.nextTask(wanted.nextTask);
	const { apiUrl: baseUrl, uploadUrl: uploadBaseUrl } = simulator;
	const credentials = { apiKey, api, webhookSecret: HMAC_KEY, baseUrl, uploadBaseUrl };
	const { resource } = Object.entries(OPERATIONS).find(([name]) => name === operation)?.[1] ?? {
		resource: 'video',
	};
	const ofModel = resource === 'task' && operation !== 'getTask' ? OF_A_MODEL : {};
	const parameters = { ...ofModel, resource, ...wanted.parameters };
	const json = { taskId, prompt: 'A dog playing', model: 'google/nano-banana' };
	const run = async (more: INodeParameters) => {
		const items = [{ json, binary: { data: FILE } }];
		const given = { ...parameters, ...more };
		return await runOperation(credentials, {
			operation,
			items,
			options,
			onError,
			parameters: given,
		});
	};
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
			const suspended = await Suspended.start({
				...{ credentials, operation, items: [json], timeout, parameters },
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
