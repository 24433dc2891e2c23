import { randomUUID } from 'node:crypto';

import type { INode } from 'n8n-workflow';

import { withSubmission } from '../../nodes/KieVeo/veo/callbackAddress';
import { AFTER, connect, node, TRIGGER, triggerWorkflow } from '../e2e/workflows';
import type { WorkflowDefinition } from '../n8n/client';
import { endedExecutions, timeOf } from './executions';
import { HMAC_KEY, type BenchAccount, type Lab } from './lab';
import type { Section } from './report';
import { roundRatios, spreadOf } from './statistics';
import { table, written } from './table';

const LEAST_RATIO = 0.9;
const AT_A_TIME = 10;
/** As many events as the trigger remembers: it is measured with its memory full. */
const REMEMBERED = 1000;
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

/** Callbacks per second of the trigger, against n8n's Webhook node. */
export async function measureTrigger(lab: Lab): Promise<Section> {
	const rounds = lab.quick ? 1 : 5;
	const count = lab.quick ? 50 : 300;
	const account = await lab.newAccount();
	const trigger = await activate(lab, TRIGGER, triggerWorkflow(account.credential));
	const verifying = await activate(lab, 'Webhook and Code', webhookWorkflow(true));
	const plain = await activate(lab, 'Webhook alone', webhookWorkflow(false));
	const receivers = [trigger, verifying, plain];
	await expectRefusal(lab, trigger, verifying);

	const rates = new Map<Receiver, number[]>(receivers.map((receiver) => [receiver, []]));
	for (const receiver of receivers) {
		lab.tell(`trigger: warm-up of ${receiver.name}`);
		const isFirst = receiver === trigger && !lab.quick;
		await callbackRate(lab, receiver, account, isFirst ? REMEMBERED : count);
	}
	for (let round = 0; round < rounds; round++) {
		for (const receiver of receivers) {
			const rate = await callbackRate(lab, receiver, account, count);
			lab.tell(`trigger: round ${round + 1} of ${rounds}, ${receiver.name}: ${rate.toFixed(0)}/s`);
			rates.get(receiver)?.push(rate);
		}
	}

	const ratesOf = (receiver: Receiver) => rates.get(receiver) ?? [];
	const ratio = (to: Receiver) => roundRatios(ratesOf(trigger), ratesOf(to));
	return {
		title: 'Callbacks per second',
		method: `Kie.ai Veo Trigger with signature verification and deduplication, against n8n's Webhook node: followed by a Code node that verifies the same signature, and alone, verifying nothing. Active workflows on their production addresses, the same Edit Fields node at the end. ${count} callbacks of different tasks, ${AT_A_TIME} at a time, in ${rounds} rounds in turn; counted from the first callback until the last execution has ended. The warm-up fills the trigger's memory of events. A forged callback was refused by the first two before.`,
		tables: [
			table(
				['', 'Callbacks per second', 'The trigger against it'],
				receivers.map((receiver) => [
					receiver.name,
					written(spreadOf(ratesOf(receiver)), 1),
					receiver === trigger ? '1' : written(ratio(receiver), 2),
				]),
			),
		],
		reading:
			"The comparison that counts is the one with the same protection: a verification in a Code node runs in n8n's task runner, in an execution that was already started and stored; the trigger verifies before it starts one, so that forged callbacks cost no execution. Against the Webhook node alone, which accepts anything from anybody, the trigger also reads the credential and has n8n store the events it has seen.",
		targets: [
			{
				promise: `The trigger takes at least ${LEAST_RATIO} of the callbacks per second of the Webhook node with verification`,
				measured: `${written(ratio(verifying), 2)}; of the Webhook node alone: ${written(ratio(plain), 2)}`,
				held: ratio(verifying).median >= LEAST_RATIO,
			},
		],
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
	for (;;) {
		const [execution] = await client.listExecutions(verifying.workflowId);
		if (execution?.stoppedAt === undefined) continue;
		if (execution.status !== 'error') throw new Error('The Code node took a forged callback');
		verifying.newest = execution.id;
		return;
	}
}
