import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { INode } from 'n8n-workflow';

import { withSubmission } from '../../../nodes/KieVeo/addresses/submission';
import { AFTER, node, TRIGGER, triggerWorkflow } from '../../spec/e2e/workflows';
import type { CredentialReference, WorkflowDefinition } from '../n8n/client';
import { endedExecutions, inRow, timeOf } from './executions';
import { Contender, median, shown, table, type Section, type Target } from './figures';
import { HMAC_KEY, Lab, LIMIT, SET_BY_LIMIT, WINDOW } from './lab';

/** Of what a neighbour takes per second. */
const LEAST_RATIO = { verifying: 0.9, slack: 1 };
/** Of what the same body costs at n8n's Slack Trigger. */
const MOST_BLOCKED = 1.2;
/** Callbacks per second that Kie can send at most for one account: one for each request it accepts. */
const MOST_OF_KIE = LIMIT / WINDOW;
/** How many times that the trigger can take. */
const LEAST_RESERVE = 5;
/** Of a ratio. */
const DIGITS = 2;
const AT_A_TIME = 10;
/** In each round of unsigned bodies: CPU is counted in steps of 10 ms. */
const REFUSALS = 10;
/** Milliseconds of CPU that the size of an unsigned body may cost. */
const MOST_CPU = 20;
/** Has n8n make an expression sandbox only when an expression is there to be evaluated. */
const LAZY = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };
/** Without a signature, the large one made to be read for long. */
const UNSIGNED = {
	'990 kB': unsigned(247_500),
	'0.1 kB': unsigned(10),
};

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
	name: string;
	workflowId: string;
	url: string;
	/** Sends it one callback, signed with the key. Resolves to whether it was accepted. */
	send(taskId: string, key?: string): Promise<boolean>;
	/** Id of its newest execution. */
	newest: string;
}

/** Callbacks per second of the trigger, against n8n's own nodes. */
export async function measureTrigger(lab: Lab): Promise<Section> {
	// In n8n as it is, the trigger and the Slack Trigger are at parity: to tell needs more rounds.
	const rounds = lab.quick
		? { usual: 1, lazy: 1, unsigned: 2 }
		: { usual: 8, lazy: 4, unsigned: 10 };
	const count = lab.quick ? 30 : 100;
	const receivers = await openReceivers(lab);
	const refusals = [receivers.trigger, receivers.slack].flatMap((receiver) =>
		Object.entries(UNSIGNED).map(([size, body]) => {
			const measure = () => refuseMany(lab, receiver, body);
			return { size, measured: new Contender(receiver.name, measure) };
		}),
	);
	const refusing = refusals.map(({ measured }) => measured);
	await Contender.inTurn('trigger: unsigned bodies', rounds.unsigned, refusing, 'no warm-up');
	const usual = await measureRates(lab, receivers, count, rounds.usual);
	const lazy = await Lab.open(
		lab.quick,
		async (lazyLab) =>
			await measureRates(lazyLab, await openReceivers(lazyLab), count, rounds.lazy),
		{ env: LAZY },
	);
	return {
		title: 'Callbacks per second',
		method: `Kie.ai Trigger with signature verification and deduplication, against n8n's Webhook node, followed by a Code node that verifies the same signature with a key in its code; the Webhook node alone, verifying nothing; and n8n's Slack Trigger, which verifies Slack's signature with a key from a credential. Active workflows on their production addresses, the same Edit Fields node at the end. ${count} callbacks of different tasks, ${AT_A_TIME} at a time, in rounds in turn, each in the reversed order of the one before; counted from the first callback until the last execution has ended. A forged callback was refused by all that verify before. First table: n8n as it is, ${rounds.usual} rounds. Second table: n8n with \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\`, ${rounds.lazy} rounds. Third table: bodies without a signature, sent to the trigger and the Slack Trigger in turn, in n8n as it is, ${rounds.unsigned} rounds. The longest time in which n8n answers nothing else (its health check, asked all the time) while it refuses one; then, for each of ${REFUSALS} more, one after the other, the time until it is answered and the CPU of n8n's process.`,
		tables: [
			...[usual, lazy].map(({ trigger, ...others }) =>
				table(
					[trigger, ...Object.values(others)],
					[
						['', ({ name }) => name],
						['Callbacks per second', (one) => one.shown('rate', 1)],
						[
							'The trigger against it',
							(one) => (one === trigger ? '1' : shown(trigger.against(one, 'rate'), DIGITS)),
						],
					],
				),
			),
			table(refusals, [
				['Without a signature, milliseconds', ({ measured }) => measured.name],
				['Body', ({ size }) => size],
				['n8n is blocked', ({ measured }) => measured.shown('blocked', 0)],
				['Answered after', ({ measured }) => measured.shown('answered', 0)],
				['CPU', ({ measured }) => measured.shown('cpu', 0)],
			]),
		],
		reading: `For expressions n8n 2.x makes a sandbox, a V8 isolate: one for a call of a webhook, one when a credential is read for it, one for the execution. Its own Webhook node is exempt from the first and reads no credential. So a call of this trigger costs three, as one of the Slack Trigger or of any other with its key in a credential. This trigger and the Slack Trigger cost n8n the same: which of the two is a few percent ahead, in callbacks or in time blocked, changes from run to run, while single rounds differ by far more. With \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\`, a setting of n8n, only the execution's Edit Fields node needs one.

A forged callback is answered with 401 and starts no execution, where the Code node fails one. Kie.ai sends one callback per video and accepts 20 submissions in 10 seconds: 2 callbacks per second, far below all of these rates. What an unsigned body costs is n8n parsing it as JSON; this trigger refuses it before it reads more than the task ID.`,
		targets: [
			rateTarget('With LAZY_ACQUIRE', lazy, 'verifying'),
			reserveTarget(usual),
			...refusalTargets(refusing),
			rateTarget('In n8n as it is', usual, 'slack'),
			{
				...rateTarget('In n8n as it is', usual, 'verifying'),
				outOfReach:
					'n8n makes three expression sandboxes for a call of the trigger, and one for its own Webhook node.',
			},
		],
	};
}

type Receivers = Awaited<ReturnType<typeof openReceivers>>;

/** The trigger and its neighbours. Those that should verify have refused a forged callback. */
async function openReceivers(lab: Lab) {
	const { client, simulator, n8n } = lab.stage;
	const { credential, addressKey } = await lab.newAccount();
	const slackCredential = await client.createCredential({
		name: 'Slack',
		type: 'slackApi',
		data: { accessToken: 'unused', signatureSecret: HMAC_KEY },
	});
	/** Callbacks as Kie sends them, to an address that the action node would have given. */
	const sendAsKie = async (address: string, taskId: string, hmacKey: string) => {
		const url = withSubmission(address, { operation: 'get4k', taskId, index: 0 }, addressKey);
		return (await simulator.sendCallback(url, { taskId, hmacKey })).state === 'delivered';
	};
	const open = async (
		name: string,
		{ definition, path }: { definition: WorkflowDefinition; path: string },
		send = sendAsKie,
	): Promise<Receiver> => {
		const { id } = await client.createWorkflow(definition);
		await client.activateWorkflow(id);
		const url = `${n8n.url}/webhook/${path}`;
		return {
			...{ name, workflowId: id, url, newest: '0' },
			send: async (taskId, key = HMAC_KEY) => await send(url, taskId, key),
		};
	};
	const verify = node('Verify', 'n8n-nodes-base.code', 2, { jsCode: VERIFICATION });
	const receivers = {
		trigger: await open(TRIGGER, triggerWorkflow(credential)),
		verifying: await open('Webhook and Code', webhookWorkflow(verify)),
		plain: await open('Webhook alone', webhookWorkflow()),
		slack: await open("n8n's Slack Trigger", slackWorkflow(slackCredential), sendAsSlack),
	};
	const { trigger, slack, verifying } = receivers;
	for (const { name, send } of [trigger, slack]) {
		if (await send('forged', 'another key')) throw new Error(`${name} took a forged callback`);
	}
	// The Webhook node has answered before the Code node runs: its execution has to fail.
	await verifying.send('forged', 'another key');
	const [failed] = await endedExecutions(client, verifying.workflowId, 1, '0', 'error');
	verifying.newest = String(failed?.id);
	return receivers;
}

/** n8n's Webhook node, alone or with a verification in a Code node. */
function webhookWorkflow(...verify: INode[]) {
	const path = randomUUID();
	const parameters = { httpMethod: 'POST', path, responseMode: 'onReceived' };
	const webhook = node('Webhook', 'n8n-nodes-base.webhook', 2, parameters);
	const definition = inRow({ ...webhook, webhookId: path }, ...verify, after('$json.body'));
	return { definition, path };
}

/** A trigger of n8n's own that verifies an HMAC too, with a key it reads from a credential. */
function slackWorkflow(slackApi: CredentialReference) {
	const webhookId = randomUUID();
	const parameters = { trigger: ['any_event'], watchWorkspace: true };
	const trigger = node('Slack Trigger', 'n8n-nodes-base.slackTrigger', 1, parameters);
	const definition = inRow({ ...trigger, webhookId, credentials: { slackApi } }, after('$json'));
	return { definition, path: `${webhookId}/webhook` };
}

function after(what: string): INode {
	const parameters = { mode: 'raw', jsonOutput: `={{ ${what} }}` };
	return node(AFTER, 'n8n-nodes-base.set', 3.4, parameters);
}

/** Events of the same size as Kie's callbacks, with Slack's signature. */
async function sendAsSlack(url: string, taskId: string, key: string): Promise<boolean> {
	const event = { type: 'message', channel: 'C1', taskId, text: 'x'.repeat(150) };
	const body = JSON.stringify({ type: 'event_callback', event });
	const timestamp = String(Math.floor(Date.now() / 1000));
	const hmac = createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex');
	const status = await post(url, body, {
		'x-slack-request-timestamp': timestamp,
		'x-slack-signature': `v0=${hmac}`,
	});
	return status === 200;
}

/** Sends JSON, and reads the answer to its end. */
async function post(url: string, body: string, more: Record<string, string> = {}): Promise<number> {
	const headers = { 'content-type': 'application/json', ...more };
	const response = await fetch(url, { method: 'POST', headers, body });
	await response.text();
	return response.status;
}

async function measureRates(lab: Lab, receivers: Receivers, count: number, rounds: number) {
	const contend = (receiver: Receiver) =>
		new Contender(receiver.name, async () => ({ rate: await callbackRate(lab, receiver, count) }));
	const rates = {
		trigger: contend(receivers.trigger),
		verifying: contend(receivers.verifying),
		plain: contend(receivers.plain),
		slack: contend(receivers.slack),
	};
	await Contender.inTurn('trigger', rounds, Object.values(rates), 'warm-up');
	return rates;
}

type Rates = Awaited<ReturnType<typeof measureRates>>;

/**
 * Sends that many callbacks, each about another task, and waits until their executions have ended.
 *
 * @returns callbacks per second, from the first one's sending to the end of the last execution
 * @throws Error when one was not accepted, or did not start a workflow that succeeds
 */
async function callbackRate(lab: Lab, receiver: Receiver, count: number): Promise<number> {
	const { client, simulator } = lab.stage;
	simulator.reset();
	const taskIds = Array.from({ length: count }, () => `veo_task_${randomUUID()}`);
	const begin = Date.now();
	const sendAll = async () => {
		for (let next = taskIds.pop(); next; next = taskIds.pop()) {
			if (!(await receiver.send(next))) throw new Error(`${receiver.name} refused a callback`);
		}
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, sendAll));
	const { workflowId, newest } = receiver;
	const executions = await endedExecutions(client, workflowId, count, newest);
	receiver.newest = executions[0]?.id ?? newest;
	const end = Math.max(...executions.map(({ stoppedAt }) => timeOf(stoppedAt)));
	return count / ((end - begin) / 1000);
}

function unsigned(urls: number): string {
	const resultUrls = Array.from({ length: urls }, () => 'a');
	return JSON.stringify({ code: 500, data: { taskId: 'a', resultUrls } });
}

/**
 * What refusing an unsigned body takes, in milliseconds: the longest time in which n8n answered nothing else, the time
 * until it was answered, and the CPU of n8n's process.
 */
async function refuseMany(lab: Lab, { url, name }: Receiver, body: string) {
	const { n8n } = lab.stage;
	const refuse = async () => {
		const status = await post(url, body);
		if (status !== 401) throw new Error(`${name} answered an unsigned body with ${status}`);
	};
	let isRefused = false;
	const refusal = refuse().finally(() => (isRefused = true));
	let blocked = 0;
	while (!isRefused) {
		const since = performance.now();
		await (await fetch(`${n8n.url}/healthz`)).text();
		blocked = Math.max(blocked, performance.now() - since);
	}
	await refusal;
	const [since, cpuBefore] = [performance.now(), cpuOf(n8n.pid)];
	for (let call = 0; call < REFUSALS; call++) await refuse();
	return {
		blocked,
		answered: (performance.now() - since) / REFUSALS,
		cpu: (cpuOf(n8n.pid) - cpuBefore) / REFUSALS,
	};
}

/** Milliseconds of CPU that a process has used. Linux only. */
function cpuOf(pid: number | undefined): number {
	// After the name, which is in brackets: user and system time in hundredths of a second.
	const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
	const [user, system] = after.split(' ').slice(11);
	return (Number(user) + Number(system)) * 10;
}

function rateTarget(where: string, rates: Rates, neighbour: keyof typeof LEAST_RATIO): Target {
	const ratio = rates.trigger.against(rates[neighbour], 'rate');
	const least = LEAST_RATIO[neighbour];
	return {
		promise: `${where}, the trigger takes at least ${least.toFixed(1)} of the callbacks per second of ${rates[neighbour].name}`,
		setBy: "n8n's own nodes",
		measured: shown(ratio, DIGITS),
		// Decided by the figure that is shown: the two cost the same, and the third digit is chance.
		held: Number(median(ratio).toFixed(DIGITS)) >= least,
	};
}

/** Against what Kie can send, on the machine that measures. */
function reserveTarget({ trigger }: Rates): Target {
	const least = LEAST_RESERVE * MOST_OF_KIE;
	return {
		promise: `In n8n as it is, the trigger takes at least ${least} callbacks per second, ${LEAST_RESERVE} times what Kie.ai can send for an account`,
		setBy: SET_BY_LIMIT,
		measured: `${trigger.shown('rate', 1)} per second on this machine`,
		held: median(trigger.of('rate')) >= least,
	};
}

/** @param measured the large and the small body to the trigger, then the large one to the Slack Trigger */
function refusalTargets([large, small, slack]: ReadonlyArray<
	Contender<'blocked' | 'cpu'>
>): Target[] {
	if (!large || !small || !slack) throw new Error('No unsigned body was sent');
	const ratio = large.against(slack, 'blocked');
	const more = large.of('cpu').map((each, round) => each - (small.of('cpu')[round] ?? NaN));
	const [size, smallSize] = Object.keys(UNSIGNED);
	const what = `An unsigned body of ${size} to the trigger`;
	return [
		{
			promise: `${what} blocks n8n at most ${MOST_BLOCKED} times as long as one to n8n's Slack Trigger`,
			setBy: "n8n's own nodes",
			measured: shown(ratio, DIGITS),
			held: median(ratio) <= MOST_BLOCKED,
		},
		{
			promise: `${what} costs at most ${MOST_CPU} ms of CPU more than one of ${smallSize}`,
			measured: `${shown(more, 0)} ms`,
			held: median(more) <= MOST_CPU,
		},
	];
}
