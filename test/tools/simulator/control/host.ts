import type { Check } from '../api/check';
import {
	accountShape,
	addVideoShape,
	callbackShape,
	faultShape,
	nextTaskShape,
	rivalShape,
	stormShape,
} from './shapes';
import type { Fault, Storm } from '../http/faults';
import type { RivalOptions } from '../state/rival';
import { type Incoming, readBody } from '../http/incoming';
import type { AddVideo, NextTask } from '../options';
import { statusPage } from './page';
import { type Reply, jsonReply, textReply } from '../http/reply';
import type { ManualCallback, Simulator } from '../simulator';

const MAX_BODY = 8 * 1024 * 1024;

/** What one control address does with its checked body. */
type Action = (simulator: Simulator, body: unknown) => unknown;

interface ControlRoute {
	/** Of the body; none for GET. */
	check?: Check;
	act: Action;
}

const anyBody: Check = () => undefined;

const ROUTES = new Map<string, ControlRoute>([
	['GET /simulator/journal', { act: ({ journal }) => journal }],
	['GET /simulator/account', { act: accounts }],
	['POST /simulator/account', { check: accountShape, act: setAccount }],
	[
		'POST /simulator/videos',
		{
			check: addVideoShape,
			act: (simulator, body) => ({ taskId: simulator.addVideo(body as AddVideo) }),
		},
	],
	[
		'POST /simulator/next-task',
		{ check: nextTaskShape, act: (simulator, body) => void simulator.nextTask(body as NextTask) },
	],
	[
		'POST /simulator/faults',
		{ check: faultShape, act: (simulator, body) => void simulator.fault(body as Fault) },
	],
	[
		'POST /simulator/storms',
		{ check: stormShape, act: (simulator, body) => void simulator.storm(body as Storm) },
	],
	[
		'POST /simulator/rivals',
		{ check: rivalShape, act: (simulator, body) => void simulator.rival(body as RivalOptions) },
	],
	['GET /simulator/callbacks', { act: ({ deliveries }) => deliveries }],
	['POST /simulator/callbacks', { check: callbackShape, act: sendCallback }],
	['POST /simulator/reset', { check: anyBody, act: (simulator) => void simulator.reset() }],
]);

/** Answers requests to the simulator itself; undefined for those that are meant for Kie. */
export async function controlReply(
	simulator: Simulator,
	incoming: Incoming,
): Promise<Reply | undefined> {
	const { method, path } = incoming;
	if (path === '/' && method === 'GET') {
		return textReply(statusPage(simulator), 200, 'text/html;charset=UTF-8');
	}
	if (!path.startsWith('/simulator/')) return undefined;
	const route = ROUTES.get(`${method} ${path}`);
	if (!route) return jsonReply({ error: `No control address ${method} ${path}` }, 404);
	const body = route.check ? ((await readBody(incoming.message, MAX_BODY)) ?? {}) : {};
	const problem = route.check?.(body, '');
	if (problem !== undefined) return jsonReply({ error: problem }, 400);
	try {
		return jsonReply((await route.act(simulator, body)) ?? { ok: true });
	} catch (error) {
		return jsonReply({ error: error instanceof Error ? error.message : String(error) }, 400);
	}
}

function accounts(simulator: Simulator): unknown {
	return simulator.accounts.map(({ key, credits, spent, ledger }) => ({
		key,
		credits,
		spent,
		ledger,
	}));
}

function setAccount(simulator: Simulator, body: unknown): unknown {
	const { key, credits, webhookHmacKey } = body as {
		key?: string;
		credits?: number;
		webhookHmacKey?: string;
	};
	const account = simulator.account(key);
	account.credits = credits ?? account.credits;
	account.webhookHmacKey = webhookHmacKey ?? account.webhookHmacKey;
	return accounts(simulator);
}

async function sendCallback(simulator: Simulator, body: unknown): Promise<unknown> {
	const { url, ...callback } = body as ManualCallback & { url: string };
	return await simulator.sendCallback(url, callback);
}
