import type {
	CreationOrder,
	ModelOrder,
	SubmittedTask,
	UpgradeOrder,
} from '../../../nodes/KieVeo/kie/api';
import { FIELDS } from '../../../nodes/KieVeo/kie/baseApi';
import { Catalogue, CatalogueMemory } from '../../../nodes/KieVeo/kie/catalogue';
import { HttpClient, type SendRequest } from '../../../nodes/KieVeo/kie/http/client';
import { systemClock } from '../../../nodes/KieVeo/kie/http/clock';
import { SubmissionLimiter } from '../../../nodes/KieVeo/kie/http/limiter';
import { KieApi } from '../../../nodes/KieVeo/kie/kieApi';

/** Where the trial runs, and who is asked. */
interface Surroundings {
	baseUrl: string;
	apiKey: string;
	say(line: string): void;
	/** Asked before each step that costs credits. */
	confirm(question: string): Promise<boolean>;
	/** Seconds between two reads of a job. */
	pollInterval: number;
	/** Seconds after which a job is given up. */
	timeout: number;
}

/** The fields of each model's `input` that the package may send. */
const SENT: Record<string, readonly string[]> = {
	'veo-3-1': Object.values(FIELDS).flatMap(({ generate }) => generate ?? []),
	'veo/extend': Object.values(FIELDS).flatMap(({ extend }) => extend ?? []),
	'veo/get-1080p-video': ['taskId', 'index'],
	'veo/get-4k-video': ['task_id', 'index'],
	'google/nano-banana': ['prompt', 'aspect_ratio'],
};

const PICTURE = { prompt: 'A sailing boat on a lake at sunset', aspect_ratio: '16:9' };

/**
 * Tries with a real key what is not proved about the unified jobs API: first what Kie says about its models,
 * which is free, then one order of each kind, each after a question. The orders are made by the code that
 * the nodes use.
 */
export async function tryJobsApi(surroundings: Surroundings): Promise<void> {
	const { say, confirm, pollInterval, timeout } = surroundings;
	const http = new HttpClient(senderTo(surroundings), systemClock);
	const kie = new KieApi('jobs', {
		http,
		limiter: new SubmissionLimiter(systemClock),
		recentTasks: new Map(),
		clock: systemClock,
		addressKey: Buffer.from('no callback is asked for'),
		warn: say,
	});
	const api = kie.apis.jobs;

	say('What Kie.ai says about its models (free)');
	await readModels(new Catalogue(http, new CatalogueMemory(systemClock)), say);
	say(`Balance: ${await balance()} credits`);
	await step('Make a picture with Nano Banana (about 4 credits)?', {
		kind: 'model',
		operation: 'runModel',
		model: 'google/nano-banana',
		given: PICTURE,
		input: PICTURE,
	});
	const taskId = await step('Make a Lite video of 4 seconds (the cheapest there is)?', {
		kind: 'creation',
		operation: 'generate',
		parameters: {
			prompt: 'Waves on a quiet beach, with the sound of the sea',
			model: 'veo3_lite',
			generationType: 'TEXT_2_VIDEO',
			aspectRatio: '16:9',
			resolution: '720p',
			duration: 4,
			enableTranslation: false,
		},
	});
	if (taskId === null) return;
	await step('Extend it (as much as a Fast video)?', {
		kind: 'creation',
		operation: 'extend',
		parameters: { taskId, prompt: 'The tide comes in', model: 'fast' },
	});
	const upgrade = { kind: 'upgrade', taskId, index: 0 } as const;
	const hd: UpgradeOrder = { ...upgrade, operation: 'get1080p' };
	const upgraded = await step('Upgrade it to 1080P (a few credits)?', hd);
	if (upgraded !== null) await step('Order that again, to see whether a repeat is billed?', hd);
	await step('Upgrade it to 4K (about as much as two Fast videos)?', {
		...upgrade,
		operation: 'get4k',
	});

	/** @returns the id of the job; `null` where there is none */
	async function step(question: string, order: CreationOrder | ModelOrder | UpgradeOrder) {
		if (!(await confirm(question))) return null;
		const before = await balance();
		const { meaning, code, message, raw } = await api.submit(order);
		if (meaning.kind !== 'processing' || meaning.files.taskId === null) {
			say(`  not accepted: ${meaning.kind}, code ${code}, ${message}`);
			say(`  ${JSON.stringify(raw)}`);
			return null;
		}
		const job = meaning.files.taskId;
		say(`  job ${job}`);
		const isUpgrade = order.kind === 'upgrade';
		await follow({
			operation: order.operation,
			taskId: isUpgrade ? order.taskId : job,
			kieTaskId: isUpgrade ? job : null,
			index: isUpgrade ? order.index : null,
			codes: [200],
			...(order.kind === 'creation' ? { model: order.parameters.model } : {}),
		});
		say(`  cost: ${Math.round((before - (await balance())) * 100) / 100} credits`);
		return job;
	}

	async function follow(video: SubmittedTask): Promise<void> {
		const deadline = systemClock.now() + timeout * 1000;
		for (;;) {
			const { meaning, message, raw } = await api.fetchTask(video, 'poll');
			const isOpen = meaning.kind === 'processing' || meaning.kind === 'retry';
			if (!isOpen || systemClock.now() > deadline) {
				say(`  ${meaning.kind}: ${message}`);
				if (meaning.kind === 'success') say(`  ${meaning.files.fileUrls.join(', ')}`);
				return say(`  the whole record: ${JSON.stringify(raw)}`);
			}
			await systemClock.pause(pollInterval * 1000);
		}
	}

	async function balance(): Promise<number> {
		const { meaning, message } = await kie.fetchCredits();
		if (meaning.kind !== 'success') throw new Error(`No balance: ${message}`);
		return meaning.credits;
	}
}

function senderTo({ baseUrl, apiKey }: Surroundings): SendRequest {
	return async ({ method, path, query, body }) => {
		const url = new URL(baseUrl + path);
		for (const [name, value] of Object.entries(query ?? {})) {
			url.searchParams.set(name, String(value));
		}
		const response = await fetch(url, {
			method,
			headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const headers: { [name: string]: string } = {};
		response.headers.forEach((value, name) => (headers[name] = value));
		return { statusCode: response.status, headers, body: await response.text() };
	};
}

/** Compares the fields that Kie's catalogue names with those that are sent. */
async function readModels(catalogue: Catalogue, say: Surroundings['say']): Promise<void> {
	const list = await catalogue.fetchList();
	if (Array.isArray(list)) {
		say(`  ${list.length} models in the catalogue`);
		const missing = Object.keys(SENT).filter((model) => !list.some(({ id }) => id === model));
		if (missing.length > 0) say(`  not listed: ${missing.join(', ')}`);
	} else say(`  no list: ${list.said.message}`);
	for (const [model, sent] of Object.entries(SENT)) {
		const found = await catalogue.fetchModel(model);
		if (found.kind !== 'job') {
			say(`  ${model}: no schema (${found.kind})`);
			continue;
		}
		const known = found.fields.map(({ name }) => name);
		const missing = sent.filter((field) => !known.includes(field));
		const unsent = found.fields.filter(({ name, required }) => required && !sent.includes(name));
		const verdict = missing.length + unsent.length === 0 ? 'as expected' : 'DIFFERENT';
		say(`  ${model}: ${verdict}; knows ${known.join(', ')}`);
		if (missing.length > 0) say(`    does not know what the node sends: ${missing.join(', ')}`);
		const names = unsent.map(({ name }) => name).join(', ');
		if (unsent.length > 0) say(`    requires what the node does not send: ${names}`);
	}
}
