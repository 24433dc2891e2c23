import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { INode } from 'n8n-workflow';

import { withSubmission } from '../../nodes/KieVeo/veo/callbackAddress';
import { AFTER, connect, node, TRIGGER, triggerWorkflow } from '../e2e/workflows';
import type { WorkflowDefinition } from '../n8n/client';
import { hasEnded } from '../n8n/execution';
import { endedExecutions, timeOf } from './executions';
import { HMAC_KEY, Lab, type BenchAccount } from './lab';
import type { Section, Target } from './report';
import { roundRatios, spreadOf } from './statistics';
import { table, written } from './table';

const LEAST_RATIO = 0.9;
const AT_A_TIME = 10;
const REFUSAL_LIMIT_MS = 20_000;
/** Has n8n make an expression sandbox only when an expression is there to be evaluated. */
const LAZY = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };
const WEBHOOK = 'Webhook';
const VERIFY = 'Verify';

/** Kie's signature as a user would check it: the task ID and the time, not older than 5 minutes. */
const VERIFICATION = `
const { createHmac, timingSafeEqual } = require('crypto');
const { headers, body } = $input.first().json;
const timestamp = String(headers['x-webhook-timestamp']);
const expected = createHmac('sha256', '${HMAC_KEY}').update(body.data.taskId + '.' + timestamp).digest();
const given = Buffer.from(String(headers['x-webhook-signature']), 'base64');
const fresh = Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300;
if (!fresh || given.length !== expected.length || !timingSafeEqual(given, expected)) {
	throw new Error('Unauthorized');
}
return $input.all();
`;

const NAMES = { trigger: TRIGGER, verifying: 'Webhook and Code', plain: 'Webhook alone' } as const;
const WHICH = ['trigger', 'verifying', 'plain'] as const;

/** An active workflow that is started by callbacks. */
interface Receiver {
	readonly name: string;
	readonly workflowId: string;
	readonly url: string;
	/** Id of its newest execution. */
	newest: string;
}

/** n8n's Webhook node, alone or with a verification in a Code node. */
function webhookWorkflow(verify: boolean): { definition: WorkflowDefinition; path: string } {
	const path = randomUUID();
	const webhook: INode = {
		...node(WEBHOOK, 'n8n-nodes-base.webhook', 2, {
			httpMethod: 'POST',
			path,
			responseMode: 'onReceived',
		}),
		webhookId: path,
	};
	const code = node(VERIFY, 'n8n-nodes-base.code', 2, { jsCode: VERIFICATION });
	const after = node(AFTER, 'n8n-nodes-base.set', 3.4, {
		mode: 'raw',
		jsonOutput: '={{ $json.body }}',
	});
	const connections = verify
		? { ...connect(WEBHOOK, VERIFY), ...connect(VERIFY, AFTER) }
		: connect(WEBHOOK, AFTER);
	const nodes = verify ? [webhook, code, after] : [webhook, after];
	return { definition: { name: `Webhook ${path}`, nodes, connections }, path };
}

async function activate(
	lab: Lab,
	name: string,
	{ definition, path }: { definition: WorkflowDefinition; path: string },
): Promise<Receiver> {
	const { client, n8n } = await lab.stage();
	const { id } = await client.createWorkflow(definition);
	await client.activateWorkflow(id);
	return { name, workflowId: id, url: `${n8n.url}/webhook/${path}`, newest: '0' };
}

/**
 * Sends so many callbacks, each about another task, and waits until their executions have ended.
 *
 * @returns callbacks per second, from the first one's sending to the end of the last execution
 * @throws Error when one was not accepted, or did not start a workflow that succeeds
 */
async function callbackRate(
	lab: Lab,
	receiver: Receiver,
	{ addressKey }: BenchAccount,
	count: number,
): Promise<number> {
	const { client, simulator } = await lab.stage();
	simulator.reset();
	const taskIds = Array.from({ length: count }, () => `veo_task_${randomUUID()}`);
	const callbacks = taskIds.map((taskId) => ({
		taskId,
		url: withSubmission(receiver.url, { operation: 'get4k', taskId, index: 0 }, addressKey),
	}));
	const begin = Date.now();
	const send = async () => {
		for (let next = callbacks.pop(); next; next = callbacks.pop()) {
			const { state } = await simulator.sendCallback(next.url, { taskId: next.taskId });
			if (state !== 'delivered') throw new Error(`${receiver.name} refused a callback`);
		}
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, send));
	const { workflowId, newest } = receiver;
	const executions = await endedExecutions(client, workflowId, count, newest);
	receiver.newest = executions[0]?.id ?? newest;
	const end = Math.max(...executions.map(({ stoppedAt }) => timeOf(stoppedAt)));
	return count / ((end - begin) / 1000);
}

/** Callbacks per second of the three receivers, round by round. */
interface Rates {
	readonly trigger: number[];
	readonly verifying: number[];
	readonly plain: number[];
}

async function ratesIn(lab: Lab, rounds: number, count: number): Promise<Rates> {
	const account = await lab.newAccount();
	const receivers = {
		trigger: await activate(lab, TRIGGER, triggerWorkflow(account.credential)),
		verifying: await activate(lab, NAMES.verifying, webhookWorkflow(true)),
		plain: await activate(lab, NAMES.plain, webhookWorkflow(false)),
	};
	await expectRefusal(lab, receivers.trigger, receivers.verifying);
	const rates: Rates = { trigger: [], verifying: [], plain: [] };
	for (let round = 0; round <= rounds; round++) {
		for (const which of WHICH) {
			const rate = await callbackRate(lab, receivers[which], account, count);
			lab.tell(`trigger: round ${round} of ${rounds}, ${NAMES[which]}: ${rate.toFixed(1)}/s`);
			// Round 0 is the warm-up.
			if (round > 0) rates[which].push(rate);
		}
	}
	return rates;
}

function ratesTable(rates: Rates): string {
	return table(
		['', 'Callbacks per second', 'The trigger against it'],
		WHICH.map((which) => [
			NAMES[which],
			written(spreadOf(rates[which]), 1),
			which === 'trigger' ? '1' : written(roundRatios(rates.trigger, rates[which]), 2),
		]),
	);
}

function target(where: string, rates: Rates): Target {
	const ratio = roundRatios(rates.trigger, rates.verifying);
	const plain = roundRatios(rates.trigger, rates.plain);
	return {
		promise: `${where}, the trigger takes at least ${LEAST_RATIO} of the callbacks per second of the Webhook node with verification`,
		measured: `${written(ratio, 2)}; of the Webhook node alone: ${written(plain, 2)}`,
		held: ratio.median >= LEAST_RATIO,
	};
}

/** Callbacks per second of the trigger, against n8n's Webhook node. */
export async function measureTrigger(lab: Lab): Promise<Section> {
	const rounds = lab.quick ? 1 : 4;
	const count = lab.quick ? 30 : 100;
	const usual = await ratesIn(lab, rounds, count);
	const lazyLab = new Lab(lab.quick, LAZY);
	let lazy: Rates;
	try {
		lazy = await ratesIn(lazyLab, rounds, count);
	} finally {
		await lazyLab.close();
	}
	return {
		title: 'Callbacks per second',
		method: `Kie.ai Veo Trigger with signature verification and deduplication, against n8n's Webhook node: followed by a Code node that verifies the same signature, and alone, verifying nothing. Active workflows on their production addresses, the same Edit Fields node at the end. ${count} callbacks of different tasks, ${AT_A_TIME} at a time, in ${rounds} rounds in turn; counted from the first callback until the last execution has ended. A forged callback was refused by the first two before. First table: n8n as it is. Second table: n8n with \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\`.`,
		tables: [ratesTable(usual), ratesTable(lazy)],
		reading:
			"The trigger is slower than the Webhook node in n8n 2.x, and by n8n's source this is why: for expressions n8n makes a sandbox, a V8 isolate, for every call of a webhook, one more when a credential is read for a webhook, and one for the execution. Its own Webhook node is by its name exempt from the first when its parameters are fixed, and reads no credential; no other node can be exempt, n8n's own triggers included. So a call of the trigger costs three sandboxes, one of the Webhook node costs one. With `N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true`, a setting of n8n's, a sandbox is made only when an expression is evaluated, and the trigger has none: the second table. The trigger also has n8n read the credential and store the events seen, a write for every callback, and the Webhook node does neither; with both left out on trial it came to 0.69 (0.66 to 0.71) of Webhook and Code, so most of the difference lies outside of this package's code. In return a forged callback is answered with 401 and starts no execution, where the Code node fails one. Kie.ai sends one callback per video, so rates like these are far from what an account can reach within its 20 submissions in 10 seconds.",
		targets: [target('In n8n as it is', usual), target('With LAZY_ACQUIRE', lazy)],
	};
}

/** @throws Error when a receiver that should verify lets a forged callback through */
async function expectRefusal(lab: Lab, trigger: Receiver, verifying: Receiver): Promise<void> {
	const { client, simulator } = await lab.stage();
	const forged = { hmacKey: 'another key' };
	const { attempts } = await simulator.sendCallback(trigger.url, forged);
	if (attempts[0]?.status !== 401) throw new Error('The trigger took a forged callback');
	// The Webhook node has answered before the Code node runs: its execution has to fail.
	await simulator.sendCallback(verifying.url, forged);
	for (const deadline = Date.now() + REFUSAL_LIMIT_MS; Date.now() < deadline; await pause(100)) {
		const [execution] = await client.listExecutions(verifying.workflowId);
		if (!execution || !hasEnded(execution)) continue;
		if (execution.status !== 'error') throw new Error('The Code node took a forged callback');
		verifying.newest = execution.id;
		return;
	}
	throw new Error('The forged callback to the Webhook node started no execution');
}
