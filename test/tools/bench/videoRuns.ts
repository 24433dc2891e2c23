import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import type { Stage } from '../../spec/e2e/stage';
import {
	AFTER,
	chain,
	connect,
	HTTP,
	ITEMS,
	KIE,
	node,
	triggerWorkflow,
} from '../../spec/e2e/workflows';
import type { CredentialReference, WorkflowDefinition } from '../n8n/client';
import { hasEnded } from '../n8n/execution';
import {
	endedExecutions,
	expectSuccess,
	expectFiles,
	expectVideos,
	recordedSeconds,
	timeOf,
} from './executions';
import type { Lab } from './lab';

/** What a number of videos, or of images, took. */
export interface VideoRun {
	/** From the start of the first execution to the end of the last. */
	seconds: number;
	/** Requests to Kie.ai, of any kind, per video. */
	requests: number;
	/** Of these, how many asked for new work. */
	submissions: number;
	/** Seconds per video during which an execution was in the state "running". */
	running: number;
	/** Only for an execution that suspends: its states from then until Kie.ai called for the last time. */
	whileSuspended?: readonly string[];
}

/** @param api where orders go; n8n's own nodes know only the Veo endpoints */
export type VideoRunner = (lab: Lab, count: number, api?: ApiName) => Promise<VideoRun>;

/** Milliseconds an upgrade takes at the simulated Kie.ai. */
export const UPGRADE_MS = 3000;
/** Milliseconds an image takes there. */
export const IMAGE_MS = 10_000;
/** Milliseconds between the callbacks of two videos: upgrades do not end at the same instant. */
export const CALLBACKS_APART_MS = 100;
/** Seconds between two looks at one video. */
export const POLL_SECONDS = 1;
/** Milliseconds between two looks at an execution. */
export const LOOK_EVERY_MS = 25;
/** Milliseconds after which an execution is given up. */
const LIMIT_MS = 150_000;

/** The action node, Wait by Polling. */
export const byPolling: VideoRunner = async (lab, count, api) => {
	const { stage, items, credential } = await prepare(lab, count, api);
	const options = { pollInterval: POLL_SECONDS };
	const parameters = { operation: 'get4k', waitMode: 'poll', options };
	return await runAtOnce(stage, chain(credential, items, parameters), KIE, count);
};

/** The action node, Run a Model with an image model, Wait by Polling. */
export const byModel: VideoRunner = async (lab, count) => {
	const { stage, items, credential } = await prepare(lab, count);
	const workflow = chain(credential, items, {
		resource: 'task',
		operation: 'runModel',
		modelId: { __rl: true, mode: 'id', value: 'google/nano-banana' },
		inputMode: 'json',
		inputJson: '{ "prompt": "A dog" }',
		waitMode: 'poll',
		options: { pollInterval: POLL_SECONDS },
	});
	return await runAtOnce(stage, workflow, KIE, count, expectFiles);
};

/** n8n's own nodes: one video after the other. */
export const byLoop: VideoRunner = async (lab, count) => {
	const { stage, items, apiKey } = await prepare(lab, count);
	const header = await stage.client.createCredential({
		name: 'Kie.ai as a header',
		type: 'httpHeaderAuth',
		data: { name: 'Authorization', value: `Bearer ${apiKey}` },
	});
	const loop = pollingLoop(header, stage.simulator.apiUrl, items);
	return await runAtOnce(stage, loop, AFTER, count);
};

/** The action node, Wait for Callback. */
export const byCallback: VideoRunner = async (lab, count, api) => {
	const { stage, items, credential } = await prepare(lab, count, api);
	const { client, simulator } = stage;
	const parameters = { operation: 'get4k', waitMode: 'callback' };
	const { id } = await client.createWorkflow(chain(credential, items, parameters));
	const execution = await client.runWorkflow(id);
	// The state was so at a moment between asking and being told.
	const sights: Array<{ asked: number; told: number; status: string }> = [];
	let startedAt: string | null | undefined;
	for (const deadline = Date.now() + LIMIT_MS; Date.now() < deadline; await pause(LOOK_EVERY_MS)) {
		const asked = Date.now();
		const now = await client.getExecution(execution);
		sights.push({ asked, told: Date.now(), status: now.status });
		// The first one counts: n8n may write another when the execution is resumed.
		startedAt ??= now.startedAt;
		if (hasEnded(now)) break;
	}
	const ended = { ...(await client.waitForExecution(execution)), startedAt };
	expectVideos(ended, KIE, count);

	const waiting = sights.filter(({ status }) => status === 'waiting');
	const suspendedAt = waiting.at(0)?.told ?? NaN;
	const resumedAt = waiting.at(-1)?.asked ?? NaN;
	const lastCall = Math.max(
		...simulator.deliveries.map(({ attempts: [first] }) => first?.at ?? NaN),
	);
	const seconds = recordedSeconds(ended);
	// The gaps between two looks are included, so this is never too little.
	const running = seconds - (resumedAt - suspendedAt) / 1000;
	const whileSuspended = sights
		.filter(({ asked, told }) => asked >= suspendedAt && told <= lastCall)
		.map(({ status }) => status);
	return { ...result(stage, count, seconds, running), whileSuspended };
};

/** The action node, Return Immediately, and the trigger in another workflow. */
export const byTrigger: VideoRunner = async (lab, count, api) => {
	const { stage, items, credential } = await prepare(lab, count, api);
	const { client, n8n } = stage;
	const { definition, path } = triggerWorkflow(credential);
	const receiver = await client.createWorkflow(definition);
	await client.activateWorkflow(receiver.id);
	const callBackUrl = `${n8n.url}/webhook/${path}`;
	const parameters = { operation: 'get4k', waitMode: 'none', callBackUrl };
	const sender = await client.createWorkflow(chain(credential, items, parameters));
	const submitted = await client.runToEnd(sender.id);
	expectSuccess(submitted, KIE);
	const received = await endedExecutions(client, receiver.id, count);
	await client.deactivateWorkflow(receiver.id);
	const [last = submitted] = received.toSorted((a, b) => timeOf(b.stoppedAt) - timeOf(a.stoppedAt));
	const running = [submitted, ...received].reduce((sum, one) => sum + recordedSeconds(one), 0);
	return result(stage, count, recordedSeconds(submitted, last), running);
};

/** Unknown videos, and an account without an earlier submission. */
async function prepare(lab: Lab, count: number, api?: ApiName) {
	const stage = await lab.stage();
	const { simulator } = stage;
	simulator.reset();
	simulator.setDefaults({ timings: { upgrade4k: UPGRADE_MS, runModel: IMAGE_MS } });
	const items = Array.from({ length: count }, (_, at) => ({
		taskId: simulator.addVideo({ callback: { delayMs: at * CALLBACKS_APART_MS } }),
	}));
	return { stage, items, ...(await lab.newAccount(api)) };
}

/** Runs a workflow that is never suspended. */
async function runAtOnce(
	stage: Stage,
	workflow: WorkflowDefinition,
	last: string,
	count: number,
	expectAll = expectVideos,
) {
	const { id } = await stage.client.createWorkflow(workflow);
	const execution = await stage.client.runToEnd(id, { timeoutMs: LIMIT_MS });
	expectAll(execution, last, count);
	const seconds = recordedSeconds(execution);
	return result(stage, count, seconds, seconds);
}

function result({ simulator }: Stage, count: number, seconds: number, running: number): VideoRun {
	return {
		seconds,
		requests: simulator.requests({ host: 'api' }).length / count,
		submissions: simulator.submissions().length / count,
		running: running / count,
	};
}

/**
 * What people build without this package: one video after the other, each asked for until its URL is
 * in the answer, with n8n's own nodes.
 *
 * @param credential of the type `httpHeaderAuth`
 */
function pollingLoop(
	credential: CredentialReference,
	apiUrl: string,
	items: Array<{ taskId: string }>,
): WorkflowDefinition {
	const [LOOP, IF, WAIT] = ['Loop Over Items', 'Finished?', 'Wait'];
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const request = node(HTTP, 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: `${apiUrl}/api/v1/veo/get-4k-video`,
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ ({ taskId: $('${LOOP}').item.json.taskId, index: 0 }) }}`,
	});
	const hasUrl = {
		id: randomUUID(),
		leftValue: '={{ ($json.data?.resultUrls ?? []).length }}',
		rightValue: 0,
		operator: { type: 'number', operation: 'gt' },
	};
	const options = { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 };
	const conditions = { options, combinator: 'and', conditions: [hasUrl] };
	const seconds = { resume: 'timeInterval', amount: POLL_SECONDS, unit: 'seconds' };
	const jsonOutput = '={{ ({ videoUrl: $json.data.resultUrls[0] }) }}';
	return {
		name: `Loop ${randomUUID()}`,
		nodes: [
			node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {}),
			node(LOOP, 'n8n-nodes-base.splitInBatches', 3, { batchSize: 1 }),
			{ ...request, credentials: { httpHeaderAuth: credential } },
			node(IF, 'n8n-nodes-base.if', 2.2, { conditions }),
			node(WAIT, 'n8n-nodes-base.wait', 1.1, seconds),
			node(AFTER, 'n8n-nodes-base.set', 3.4, { mode: 'raw', jsonOutput }),
		],
		connections: {
			...connect(ITEMS, LOOP),
			[LOOP]: { main: [to(AFTER), to(HTTP)] },
			...connect(HTTP, IF),
			[IF]: { main: [to(LOOP), to(WAIT)] },
			...connect(WAIT, HTTP),
		},
		pinData: { [ITEMS]: items.map((json) => ({ json })) },
	};
}
