import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import type { Stage } from '../../spec/e2e/stage';
import { AFTER, chain, KIE, triggerWorkflow } from '../../spec/e2e/workflows';
import { itemsOf, type Execution } from '../n8n/execution';
import type { Lab } from './lab';
import { pollingLoop } from './loop';
import { endedExecutions, expectSuccess, observe, recordedSeconds, timeOf } from './executions';

/** What upgrading a number of videos took. */
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

/** Milliseconds between the callbacks of two videos: upgrades do not end at the same instant. */
export const CALLBACKS_APART_MS = 100;

/** Seconds between two looks at one video. */
export const POLL_SECONDS = 1;

/** Milliseconds after which an execution is given up. */
const LIMIT_MS = 150_000;

/** The action node, Wait by Polling. */
export const byPolling: VideoRunner = async (lab, count, api) => {
	const { stage, videos, credential } = await prepare(lab, count, api);
	const { client } = stage;
	const options = { pollInterval: POLL_SECONDS };
	const parameters = { operation: 'get4k', waitMode: 'poll', options };
	const { id } = await client.createWorkflow(chain(credential, toItems(videos), parameters));
	const execution = await client.runToEnd(id, { timeoutMs: LIMIT_MS });
	expectVideos(execution, KIE, count);
	const seconds = recordedSeconds(execution);
	return result(stage, count, seconds, seconds);
};

/** The action node, Wait for Callback. */
export const byCallback: VideoRunner = async (lab, count, api) => {
	const { stage, videos, credential } = await prepare(lab, count, api);
	const { client, simulator } = stage;
	const parameters = { operation: 'get4k', waitMode: 'callback' };
	const { id } = await client.createWorkflow(chain(credential, toItems(videos), parameters));
	const execution = await client.runWorkflow(id);
	const { sights, startedAt } = await observe(client, execution);
	const ended = await client.waitForExecution(execution);
	expectVideos(ended, KIE, count);

	const waiting = sights.filter(({ status }) => status === 'waiting');
	const suspendedAt = waiting.at(0)?.told ?? NaN;
	const resumedAt = waiting.at(-1)?.asked ?? NaN;
	const lastCall = Math.max(
		...simulator.deliveries.map(({ attempts: [first] }) => first?.at ?? NaN),
	);
	const stoppedAt = timeOf(ended.stoppedAt);
	// The gaps between two checks are included, so this is never too little.
	const running = (suspendedAt - startedAt + stoppedAt - resumedAt) / 1000;
	return {
		...result(stage, count, (stoppedAt - startedAt) / 1000, running),
		whileSuspended: sights
			.filter(({ asked, told }) => asked >= suspendedAt && told <= lastCall)
			.map(({ status }) => status),
	};
};

/** The action node, Return Immediately, and the trigger in another workflow. */
export const byTrigger: VideoRunner = async (lab, count, api) => {
	const { stage, videos, credential } = await prepare(lab, count, api);
	const { client, n8n } = stage;
	const { definition, path } = triggerWorkflow(credential);
	const receiver = await client.createWorkflow(definition);
	await client.activateWorkflow(receiver.id);
	const callBackUrl = `${n8n.url}/webhook/${path}`;
	const parameters = { operation: 'get4k', waitMode: 'none', callBackUrl };
	const sender = await client.createWorkflow(chain(credential, toItems(videos), parameters));
	const submitted = await client.runToEnd(sender.id);
	expectSuccess(submitted, KIE);
	const received = await endedExecutions(client, receiver.id, count);
	await client.deactivateWorkflow(receiver.id);
	const stoppedAt = Math.max(...received.map((execution) => timeOf(execution.stoppedAt)));
	const running = [submitted, ...received].map(recordedSeconds).reduce((a, b) => a + b);
	return result(stage, count, (stoppedAt - timeOf(submitted.startedAt)) / 1000, running);
};

/** n8n's own nodes: one video after the other. */
export const byLoop: VideoRunner = async (lab, count) => {
	const { stage, videos, apiKey } = await prepare(lab, count);
	const { client, simulator } = stage;
	const header = await client.createCredential({
		name: 'Kie.ai as a header',
		type: 'httpHeaderAuth',
		data: { name: 'Authorization', value: `Bearer ${apiKey}` },
	});
	const { id } = await client.createWorkflow(
		pollingLoop(header, simulator.apiUrl, videos, POLL_SECONDS),
	);
	const execution = await client.runToEnd(id, { timeoutMs: LIMIT_MS });
	expectVideos(execution, AFTER, count);
	const seconds = recordedSeconds(execution);
	return result(stage, count, seconds, seconds);
};

/** Unknown videos, and an account without an earlier submission. */
async function prepare(lab: Lab, count: number, api?: ApiName) {
	const stage = await lab.stage();
	const { simulator } = stage;
	simulator.reset();
	simulator.setDefaults({ timings: { upgrade4k: UPGRADE_MS } });
	const videos = Array.from({ length: count }, (_, at) =>
		simulator.addVideo({ callback: { delayMs: at * CALLBACKS_APART_MS } }),
	);
	return { stage, videos, ...(await lab.newAccount(api)) };
}

function toItems(taskIds: readonly string[]) {
	return taskIds.map((taskId) => ({ taskId }));
}

/** @throws Error unless the node put out a different 4K URL for every video */
export function expectVideos(execution: Execution, nodeName: string, count: number): void {
	expectSuccess(execution, nodeName);
	const urls = itemsOf(execution, nodeName).map(({ json }) => String(json.videoUrl));
	const different = new Set(urls.filter((url) => url.endsWith('4k.mp4'))).size;
	if (different !== count) throw new Error(`${different} of ${count} 4K videos came out`);
}

function result(
	{ simulator }: Stage,
	count: number,
	seconds: number,
	runningSeconds: number,
): VideoRun {
	return {
		seconds,
		requests: simulator.requests({ host: 'api' }).length / count,
		submissions: simulator.submissions().length / count,
		running: runningSeconds / count,
	};
}
