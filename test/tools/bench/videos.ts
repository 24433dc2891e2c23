import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { INodeParameters } from 'n8n-workflow';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { API_LABELS } from '../../../nodes/KieVeo/messages/advice';
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
import { endedExecutions, expectSuccess, expectUrls, recordedSeconds, timeOf } from './executions';
import { Contender, median, table, type Section, type Target } from './figures';
import { APIS, type Lab } from './lab';

const MANY = 20;
const MOST_RATIO = 1.3;

/** What a number of videos, or of images, took. */
interface VideoRun {
	/** From the start of the first execution to the end of the last. */
	seconds: number;
	/** Requests to Kie.ai, of any kind, per video. */
	requests: number;
	/** Of these, how many asked for new work. */
	submissions: number;
	/** Seconds per video during which an execution was in the state "running". */
	running: number;
	/** Only where an execution is suspended: looks at it from then until Kie.ai called for the last time. */
	looks: number;
	/** In how many of these its state was "waiting". */
	waiting: number;
}

/** Milliseconds an upgrade takes at the simulated Kie.ai. */
export const UPGRADE_MS = 3000;
/** Milliseconds an image takes there. */
export const IMAGE_MS = 10_000;
/** Milliseconds between the callbacks of two videos: upgrades do not end at the same instant. */
const CALLBACKS_APART_MS = 100;
/** Seconds between two looks at one video. */
const POLL_SECONDS = 1;
/** Milliseconds between two looks at an execution. */
const LOOK_EVERY_MS = 25;
/** Milliseconds after which an execution is given up. */
const LIMIT_MS = 150_000;

/** Of many videos. Where it is measured, also the seconds of one, and how many times that the many took. */
type VideoContender = Contender<keyof VideoRun | 'one' | 'toOne'>;

/** A way to get videos in 4K. */
type Run = (lab: Lab, count: number, api: ApiName) => Promise<VideoRun>;

/** Many videos to 4K: time, requests and held workers of the wait modes, against n8n's own nodes. */
export async function measureVideos(lab: Lab): Promise<Section> {
	const rounds = lab.quick ? 1 : 3;
	const contend = (way: string, run: Run, { withOne = false, apis = APIS } = {}) =>
		apis.map(({ api, name }) => {
			const measure = async () => {
				const one = withOne ? (await run(lab, 1, api)).seconds : NaN;
				const many = await run(lab, MANY, api);
				return { ...many, one, toOne: many.seconds / one };
			};
			const measured: VideoContender = new Contender(`${way}, ${name}`, measure);
			return { way, run, api, measured };
		});
	const polling = contend('Wait by Polling', byPolling, { withOne: true });
	const callback = contend('Wait for Callback', byCallback);
	const trigger = contend('Return Immediately and the trigger', byTrigger);
	const veo = { withOne: true, apis: APIS.slice(0, 1) };
	const loop = contend('Loop of HTTP Request, IF and Wait', byLoop, veo);
	const all = [...polling, ...callback, ...trigger, ...loop];
	// The warm-up.
	for (const { run, api } of all) await run(lab, 1, api);
	const contenders = all.map(({ measured }) => measured);
	await Contender.inTurn('videos', rounds, contenders, 'no warm-up');
	return {
		title: `${MANY} videos to 4K`,
		method: `Get 4K Video for 1 and for ${MANY} videos, with both of Kie.ai's APIs, against the loop that is usually built: Loop Over Items, HTTP Request, IF, Wait, one video at a time. The simulated upgrade takes ${UPGRADE_MS / 1000} s instead of 5 to 10 minutes; every video is asked about each ${POLL_SECONDS} s; callbacks come ${CALLBACKS_APART_MS} ms apart. Seconds by n8n's own record of the executions; ${rounds} rounds.`,
		tables: [
			table(
				[...polling, ...loop],
				[
					['Seconds', ({ way }) => way],
					['API', ({ api }) => API_LABELS[api]],
					['1 video', ({ measured }) => measured.shown('one', 2)],
					[`${MANY} videos`, ({ measured }) => measured.shown('seconds', 2)],
					[`${MANY} against 1`, ({ measured }) => measured.shown('toOne', 2)],
				],
			),
			table(all, [
				[`${MANY} videos`, ({ way }) => way],
				['API', ({ api }) => API_LABELS[api]],
				['Requests per video', ({ measured }) => measured.shown('requests', 2)],
				['Submissions per video', ({ measured }) => measured.shown('submissions', 2)],
				['Running seconds per video', ({ measured }) => measured.shown('running', 3)],
			]),
		],
		reading: READING,
		targets: [
			...polling.map(({ measured }) => timeTarget(measured)),
			...callback.flatMap(({ measured }) => [requestTarget(measured, 1), workerTarget(measured)]),
			...trigger.map(({ measured, api }) => requestTarget(measured, api === 'veo' ? 1 : 2)),
		],
	};
}

const READING = `The loop waits for each video before it submits the next. This node submits all, then waits for all at once: ${MANY} are what Kie.ai's limit lets in within 10 seconds, and ${MANY} more take 10 seconds longer.

"Running" is the time an execution has the state "running" and holds a worker in queue mode, divided by the videos: with polling as long as the upgrade takes, shared by all videos; with a callback only the submission and the end. It is an upper bound, because n8n was asked every ${LOOK_EVERY_MS} ms. (n8n suspends Wait nodes of 65 s and more: a loop with such pauses holds a worker for less.)

The trigger reads each reported job of the Unified Jobs API once, which is free, to prove that it is the upgrade of the video its address names. A suspended execution knows the ID of each job.`;

function timeTarget(measured: VideoContender): Target {
	return {
		promise: `${measured.name}: ${MANY} videos take at most ${MOST_RATIO} times as long as one`,
		measured: measured.shown('toOne', 2),
		held: median(measured.of('toOne')) <= MOST_RATIO,
	};
}

function requestTarget(measured: VideoContender, count: 1 | 2): Target {
	const what =
		count === 1 ? 'one request, the submission' : '2 requests, the submission and one free read';
	return {
		promise: `${measured.name}: per video Kie.ai gets ${what}`,
		measured: `${measured.shown('submissions', 2)} submissions, ${measured.shown('requests', 2)} requests`,
		held:
			measured.of('submissions').every((each) => each === 1) &&
			measured.of('requests').every((each) => each === count),
	};
}

function workerTarget(measured: VideoContender): Target {
	const sum = (figure: 'looks' | 'waiting') =>
		measured.of(figure).reduce((total, each) => total + each, 0);
	const [looks, waiting] = [sum('looks'), sum('waiting')];
	return {
		promise: `${measured.name}: no worker is held while the execution is suspended`,
		measured: `In ${waiting} of ${looks} looks between suspension and last callback the execution was "waiting"`,
		held: looks > 0 && waiting === looks,
	};
}

/** The action node, Wait by Polling. */
export async function byPolling(
	lab: Lab,
	count: number,
	api: ApiName,
	order: INodeParameters = { operation: 'get4k' },
): Promise<VideoRun> {
	const { items, credential } = await prepare(lab, count, api);
	const options = { pollInterval: POLL_SECONDS };
	const workflow = chain(credential, items, { ...order, waitMode: 'poll', options });
	return await runAtOnce(
		lab,
		workflow,
		KIE,
		count,
		order.operation === 'get4k' ? '4k.mp4' : '.png',
	);
}

/** n8n's own nodes: one video after the other. */
async function byLoop(lab: Lab, count: number): Promise<VideoRun> {
	const { client, simulator } = lab.stage;
	const { items, apiKey } = await prepare(lab, count);
	const header = await client.createCredential({
		name: 'Kie.ai as a header',
		type: 'httpHeaderAuth',
		data: { name: 'Authorization', value: `Bearer ${apiKey}` },
	});
	return await runAtOnce(lab, pollingLoop(header, simulator.apiUrl, items), AFTER, count);
}

/** The action node, Wait for Callback. */
async function byCallback(lab: Lab, count: number, api: ApiName): Promise<VideoRun> {
	const { client, simulator } = lab.stage;
	const { items, credential } = await prepare(lab, count, api);
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
	expectUrls(ended, KIE, count);

	const waiting = sights.filter(({ status }) => status === 'waiting');
	const suspendedAt = waiting.at(0)?.told ?? NaN;
	const resumedAt = waiting.at(-1)?.asked ?? NaN;
	const lastCall = Math.max(
		...simulator.deliveries.map(({ attempts: [first] }) => first?.at ?? NaN),
	);
	const seconds = recordedSeconds(ended);
	// The gaps between two looks are included, so this is never too little.
	const running = seconds - (resumedAt - suspendedAt) / 1000;
	const looks = sights.filter(({ asked, told }) => asked >= suspendedAt && told <= lastCall);
	return {
		...result(lab, count, seconds, running),
		looks: looks.length,
		waiting: looks.filter(({ status }) => status === 'waiting').length,
	};
}

/** The action node, Return Immediately, and the trigger in another workflow. */
async function byTrigger(lab: Lab, count: number, api: ApiName): Promise<VideoRun> {
	const { client, n8n } = lab.stage;
	const { items, credential } = await prepare(lab, count, api);
	const { definition, path } = triggerWorkflow(credential);
	const receiver = await client.createWorkflow(definition);
	await client.activateWorkflow(receiver.id);
	const callBackUrl = `${n8n.url}/webhook/${path}`;
	const parameters = { operation: 'get4k', waitMode: 'none', callBackUrl };
	const submitted = await lab.run(chain(credential, items, parameters));
	expectSuccess(submitted, KIE);
	const received = await endedExecutions(client, receiver.id, count);
	await client.deactivateWorkflow(receiver.id);
	const [last = submitted] = received.toSorted((a, b) => timeOf(b.stoppedAt) - timeOf(a.stoppedAt));
	const running = [submitted, ...received].reduce((sum, one) => sum + recordedSeconds(one), 0);
	return result(lab, count, recordedSeconds(submitted, last), running);
}

/** Unknown videos, and an account without an earlier submission. */
async function prepare(lab: Lab, count: number, api?: ApiName) {
	const { simulator } = lab.stage;
	simulator.reset();
	simulator.setDefaults({ timings: { upgrade4k: UPGRADE_MS, runModel: IMAGE_MS } });
	const items = Array.from({ length: count }, (_, at) => ({
		tag: 'A dog',
		taskId: simulator.addVideo({ callback: { delayMs: at * CALLBACKS_APART_MS } }),
	}));
	return { items, ...(await lab.newAccount(api)) };
}

/** Runs a workflow that is never suspended. */
async function runAtOnce(
	lab: Lab,
	workflow: WorkflowDefinition,
	last: string,
	count: number,
	ending?: string,
) {
	const execution = await lab.run(workflow, LIMIT_MS);
	expectUrls(execution, last, count, ending);
	const seconds = recordedSeconds(execution);
	return result(lab, count, seconds, seconds);
}

function result(lab: Lab, count: number, seconds: number, running: number): VideoRun {
	const { simulator } = lab.stage;
	return {
		seconds,
		requests: simulator.requests({ host: 'api' }).length / count,
		submissions: simulator.submissions().length / count,
		running: running / count,
		looks: 0,
		waiting: 0,
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
