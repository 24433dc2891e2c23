import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import type { INode } from 'n8n-workflow';

import { withSubmission } from '../../../nodes/KieVeo/addresses/submission';
import { AFTER, connect, node, TRIGGER, triggerWorkflow } from '../../spec/e2e/workflows';
import type { CredentialReference, WorkflowDefinition } from '../n8n/client';
import type { Stage } from '../../spec/e2e/stage';
import { hasEnded } from '../n8n/execution';
import { endedExecutions, timeOf } from './executions';
import { median, ratios, shown, table, type Section, type Target } from './figures';
import { HMAC_KEY, inLab, Lab, type BenchAccount } from './lab';
import { LIMIT, WINDOW } from './workers';

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
const REFUSAL_LIMIT_MS = 20_000;
/** Has n8n make an expression sandbox only when an expression is there to be evaluated. */
const LAZY = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };
/** Without a signature, the large one made to be read for long. */
const UNSIGNED = [
	{ size: '990 kB', urls: 247_500 },
	{ size: '0.1 kB', urls: 10 },
].map(({ size, urls }) => {
	const resultUrls = Array.from({ length: urls }, () => 'a');
	return { size, body: JSON.stringify({ code: 500, data: { taskId: 'a', resultUrls } }) };
});
const WEBHOOK = 'Webhook';
const SLACK = 'Slack Trigger';
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

const NAMES = {
	trigger: TRIGGER,
	verifying: 'Webhook and Code',
	plain: 'Webhook alone',
	slack: "n8n's Slack Trigger",
} as const;
const WHICH = ['trigger', 'verifying', 'plain', 'slack'] as const;

/** An active workflow that is started by callbacks. */
interface Receiver {
	name: string;
	workflowId: string;
	url: string;
	/** Sends it one callback. Resolves to whether it was accepted. */
	send: (taskId: string) => Promise<boolean>;
	/** Id of its newest execution. */
	newest: string;
}

interface Definition {
	definition: WorkflowDefinition;
	/** Of its webhook, after `/webhook/`. */
	path: string;
}

/** n8n's Webhook node, alone or with a verification in a Code node. */
function webhookWorkflow(verify: boolean): Definition {
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

/** A trigger of n8n's own that verifies an HMAC too, with a key it reads from a credential. */
function slackWorkflow(credential: CredentialReference): Definition {
	const webhookId = randomUUID();
	const trigger = {
		...node(SLACK, 'n8n-nodes-base.slackTrigger', 1, {
			trigger: ['any_event'],
			watchWorkspace: true,
		}),
		webhookId,
		credentials: { slackApi: credential },
	};
	const after = node(AFTER, 'n8n-nodes-base.set', 3.4, { mode: 'raw', jsonOutput: '={{ $json }}' });
	const nodes = [trigger, after];
	const definition = { name: SLACK, nodes, connections: connect(SLACK, AFTER) };
	return { definition, path: `${webhookId}/webhook` };
}

/** @param sender makes the function that sends a callback to the address */
async function activate(
	lab: Lab,
	name: string,
	{ definition, path }: Definition,
	sender: (url: string) => Receiver['send'],
): Promise<Receiver> {
	const { client, n8n } = await lab.stage();
	const { id } = await client.createWorkflow(definition);
	await client.activateWorkflow(id);
	const url = `${n8n.url}/webhook/${path}`;
	return { name, workflowId: id, url, send: sender(url), newest: '0' };
}

/** Callbacks as Kie sends them, to an address that the action node would have given. */
function kieSender({ simulator }: Stage, { addressKey }: BenchAccount) {
	return (address: string) => async (taskId: string) => {
		const url = withSubmission(address, { operation: 'get4k', taskId, index: 0 }, addressKey);
		const { state } = await simulator.sendCallback(url, { taskId });
		return state === 'delivered';
	};
}

/** Events of the same size as Kie's callbacks, with Slack's signature. */
function slackSender(url: string, key = HMAC_KEY): Receiver['send'] {
	return async (taskId) => {
		const event = { type: 'message', channel: 'C1', taskId, text: 'x'.repeat(150) };
		const body = JSON.stringify({ type: 'event_callback', event });
		const timestamp = String(Math.floor(Date.now() / 1000));
		const hmac = createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex');
		const response = await fetch(url, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				'x-slack-request-timestamp': timestamp,
				'x-slack-signature': `v0=${hmac}`,
			},
			body,
		});
		await response.text();
		return response.ok;
	};
}

/**
 * Sends that many callbacks, each about another task, and waits until their executions have ended.
 *
 * @returns callbacks per second, from the first one's sending to the end of the last execution
 * @throws Error when one was not accepted, or did not start a workflow that succeeds
 */
async function callbackRate(lab: Lab, receiver: Receiver, count: number): Promise<number> {
	const { client, simulator } = await lab.stage();
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

/** What refusing one of the unsigned bodies takes, round by round, in milliseconds. */
interface Refusals {
	receiver: Receiver;
	size: string;
	body: string;
	/** The longest time in which n8n answered nothing else. */
	blocked: number[];
	answered: number[];
	/** Of n8n's process. */
	cpu: number[];
}

async function refusalsBy(
	lab: Lab,
	receivers: readonly Receiver[],
	rounds: number,
): Promise<Refusals[]> {
	const all = receivers.flatMap((receiver) =>
		UNSIGNED.map((one): Refusals => ({ ...one, receiver, blocked: [], answered: [], cpu: [] })),
	);
	const { n8n } = await lab.stage();
	for (let round = 0; round < rounds; round++) {
		for (const refusals of all) {
			refusals.blocked.push(await blockedBy(lab, refusals));
			const [since, cpuBefore] = [performance.now(), cpuOf(n8n.pid)];
			for (let call = 0; call < REFUSALS; call++) await refuse(refusals);
			refusals.answered.push((performance.now() - since) / REFUSALS);
			refusals.cpu.push((cpuOf(n8n.pid) - cpuBefore) / REFUSALS);
		}
	}
	return all;
}

async function refuse({ receiver: { url, name }, body }: Refusals): Promise<void> {
	const headers = { 'content-type': 'application/json' };
	const response = await fetch(url, { method: 'POST', headers, body });
	await response.text();
	if (response.status !== 401) {
		throw new Error(`${name} answered an unsigned body with ${response.status}`);
	}
}

/** Asks for n8n's health all the time while it refuses a body. */
async function blockedBy(lab: Lab, refusals: Refusals): Promise<number> {
	const { n8n } = await lab.stage();
	let isRefused = false;
	const refusal = refuse(refusals).finally(() => (isRefused = true));
	let longest = 0;
	while (!isRefused) {
		const since = performance.now();
		await (await fetch(`${n8n.url}/healthz`)).text();
		longest = Math.max(longest, performance.now() - since);
	}
	await refusal;
	return longest;
}

/** Milliseconds of CPU that a process has used. Linux only. */
function cpuOf(pid: number | undefined): number {
	// After the name, which is in brackets: user and system time in hundredths of a second.
	const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
	const [user, system] = after.split(' ').slice(11);
	return (Number(user) + Number(system)) * 10;
}

/** Of the receivers, round by round: callbacks per second. */
interface Rates extends Record<keyof typeof NAMES, number[]> {
	refusals: Refusals[];
}

async function ratesIn(
	lab: Lab,
	count: number,
	{ rounds, unsigned = 0 }: { rounds: number; unsigned?: number },
): Promise<Rates> {
	const stage = await lab.stage();
	const account = await lab.newAccount();
	const slackCredential = await stage.client.createCredential({
		name: SLACK,
		type: 'slackApi',
		data: { accessToken: 'unused', signatureSecret: HMAC_KEY },
	});
	const kie = kieSender(stage, account);
	const open = async (
		which: keyof typeof NAMES,
		definition: Definition,
		sender: (url: string) => Receiver['send'] = kie,
	) => await activate(lab, NAMES[which], definition, sender);
	const receivers = {
		trigger: await open('trigger', triggerWorkflow(account.credential)),
		verifying: await open('verifying', webhookWorkflow(true)),
		plain: await open('plain', webhookWorkflow(false)),
		slack: await open('slack', slackWorkflow(slackCredential), slackSender),
	};
	await expectRefusal(lab, receivers);
	const { trigger, slack } = receivers;
	const refusals = await refusalsBy(lab, [trigger, slack], unsigned);
	const rates: Rates = { trigger: [], verifying: [], plain: [], slack: [], refusals };
	for (let round = 0; round <= rounds; round++) {
		// Who begins changes: what the one before left behind must not always burden the same.
		for (const which of round % 2 === 0 ? WHICH : WHICH.toReversed()) {
			const rate = await callbackRate(lab, receivers[which], count);
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
		...WHICH.map((which) => [
			NAMES[which],
			shown(rates[which], 1),
			which === 'trigger' ? '1' : shown(ratios(rates.trigger, rates[which]), DIGITS),
		]),
	);
}

function refusalsTable({ refusals }: Rates): string {
	return table(
		['Without a signature, milliseconds', 'Body', 'n8n is blocked', 'Answered after', 'CPU'],
		...refusals.map(({ receiver, size, blocked, answered, cpu }) => [
			receiver.name,
			size,
			shown(blocked, 0),
			shown(answered, 0),
			shown(cpu, 0),
		]),
	);
}

function refusalsTargets({ refusals: [large, small, slack] }: Rates): Target[] {
	if (!large || !small || !slack) throw new Error('No unsigned body was sent');
	const ratio = ratios(large.blocked, slack.blocked);
	const more = large.cpu.map((each, at) => each - (small.cpu[at] ?? NaN));
	const what = `An unsigned body of ${large.size} to the trigger`;
	return [
		{
			promise: `${what} blocks n8n at most ${MOST_BLOCKED} times as long as one to n8n's Slack Trigger`,
			setBy: "n8n's own nodes",
			measured: shown(ratio, DIGITS),
			held: median(ratio) <= MOST_BLOCKED,
		},
		{
			promise: `${what} costs at most ${MOST_CPU} ms of CPU more than one of ${small.size}`,
			measured: `${shown(more, 0)} ms`,
			held: median(more) <= MOST_CPU,
		},
	];
}

function target(
	where: string,
	rates: Rates,
	neighbour: keyof typeof LEAST_RATIO,
	outOfReach?: string,
): Target {
	const ratio = ratios(rates.trigger, rates[neighbour]);
	const least = LEAST_RATIO[neighbour];
	return {
		promise: `${where}, the trigger takes at least ${least.toFixed(1)} of the callbacks per second of ${NAMES[neighbour]}`,
		setBy: "n8n's own nodes",
		measured: shown(ratio, DIGITS),
		// Decided by the figure that is shown: the two cost the same, and the third digit is chance.
		held: Number(median(ratio).toFixed(DIGITS)) >= least,
		outOfReach,
	};
}

/** Against what Kie can send, on the machine that measures. */
function reserveTarget({ trigger }: Rates): Target {
	const least = LEAST_RESERVE * MOST_OF_KIE;
	return {
		promise: `In n8n as it is, the trigger takes at least ${least} callbacks per second, ${LEAST_RESERVE} times what Kie.ai can send for an account`,
		setBy: `Kie.ai's limit of ${LIMIT} new requests in ${WINDOW} s`,
		measured: `${shown(trigger, 1)} per second on this machine`,
		held: median(trigger) >= least,
	};
}

/** Callbacks per second of the trigger, against n8n's own nodes. */
export async function measureTrigger(lab: Lab): Promise<Section> {
	// In n8n as it is, the trigger and the Slack Trigger are at parity: to tell needs more rounds.
	const [usually, lazily] = lab.quick
		? [{ rounds: 1, unsigned: 2 }, { rounds: 1 }]
		: [{ rounds: 8, unsigned: 10 }, { rounds: 4 }];
	const count = lab.quick ? 30 : 100;
	const usual = await ratesIn(lab, count, usually);
	const lazyLab = new Lab(lab.quick, { env: LAZY });
	const lazy = await inLab(lazyLab, async () => await ratesIn(lazyLab, count, lazily));
	return {
		title: 'Callbacks per second',
		method: `Kie.ai Trigger with signature verification and deduplication, against n8n's Webhook node, followed by a Code node that verifies the same signature with a key in its code; the Webhook node alone, verifying nothing; and n8n's Slack Trigger, which verifies Slack's signature with a key from a credential. Active workflows on their production addresses, the same Edit Fields node at the end. ${count} callbacks of different tasks, ${AT_A_TIME} at a time, in rounds in turn, each in the reversed order of the one before; counted from the first callback until the last execution has ended. A forged callback was refused by all that verify before. First table: n8n as it is, ${usually.rounds} rounds. Second table: n8n with \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\`, ${lazily.rounds} rounds. Third table: bodies without a signature, sent to the trigger and the Slack Trigger in turn, in n8n as it is, ${usually.unsigned} rounds. The longest time in which n8n answers nothing else (its health check, asked all the time) while it refuses one; then, for each of ${REFUSALS} more, one after the other, the time until it is answered and the CPU of n8n's process.`,
		tables: [ratesTable(usual), ratesTable(lazy), refusalsTable(usual)],
		reading: `For expressions n8n 2.x makes a sandbox, a V8 isolate: one for a call of a webhook, one when a credential is read for it, one for the execution. Its own Webhook node is exempt from the first and reads no credential. So a call of this trigger costs three, as one of the Slack Trigger or of any other with its key in a credential. With \`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\`, a setting of n8n, only the execution's Edit Fields node needs one.

A forged callback is answered with 401 and starts no execution, where the Code node fails one. Kie.ai sends one callback per video and accepts 20 submissions in 10 seconds: 2 callbacks per second, far below all of these rates. What an unsigned body costs is n8n parsing it as JSON; this trigger refuses it before it reads more than the task ID.`,
		targets: [
			target('With LAZY_ACQUIRE', lazy, 'verifying'),
			reserveTarget(usual),
			...refusalsTargets(usual),
			target('In n8n as it is', usual, 'slack'),
			target(
				'In n8n as it is',
				usual,
				'verifying',
				'n8n makes three expression sandboxes for a call of the trigger, and one for its own Webhook node.',
			),
		],
	};
}

/** @throws Error when a receiver that should verify lets a forged callback through */
async function expectRefusal(
	lab: Lab,
	{ trigger, slack, verifying }: Record<keyof typeof NAMES, Receiver>,
): Promise<void> {
	const { client, simulator } = await lab.stage();
	const hmacKey = 'another key';
	const { attempts } = await simulator.sendCallback(trigger.url, { hmacKey });
	if (attempts[0]?.status !== 401) throw new Error('The trigger took a forged callback');
	if (await slackSender(slack.url, hmacKey)('forged')) {
		throw new Error('The Slack Trigger took a forged callback');
	}
	// The Webhook node has answered before the Code node runs: its execution has to fail.
	await simulator.sendCallback(verifying.url, { hmacKey });
	for (const deadline = Date.now() + REFUSAL_LIMIT_MS; Date.now() < deadline; await pause(100)) {
		const [execution] = await client.listExecutions(verifying.workflowId);
		if (!execution || !hasEnded(execution)) continue;
		if (execution.status !== 'error') throw new Error('The Code node took a forged callback');
		verifying.newest = execution.id;
		return;
	}
	throw new Error('The forged callback to the Webhook node started no execution');
}
