import type { INode, IWorkflowDataProxyData, Logger } from 'n8n-workflow';

import { HttpClient, type HttpCall, type SendRequest } from '../../../nodes/KieVeo/kie/http/client';
import { SubmissionLimiter } from '../../../nodes/KieVeo/kie/http/limiter';
import type { ApiName, CreationOrder, Order, UpgradeOrder } from '../../../nodes/KieVeo/kie/api';
import type { Connection } from '../../../nodes/KieVeo/kie/connection';
import { KieApi } from '../../../nodes/KieVeo/kie/kieApi';
import { KieVeoError } from '../../../nodes/KieVeo/messages/error';
import { OrderMemory } from '../../../nodes/KieVeo/run/orders';
import { TaskWork } from '../../../nodes/KieVeo/run/taskWork';
import { FakeClock } from './fakeClock';

/** Paid for each time. */
export const GENERATE: CreationOrder = {
	kind: 'creation',
	operation: 'generate',
	parameters: { prompt: 'A dog', model: 'veo3_lite' },
};
/** Paid for once, and sent again to ask for its state. */
export const GET_4K: UpgradeOrder = {
	kind: 'upgrade',
	operation: 'get4k',
	taskId: 'base',
	index: 0,
};

/** What a user reads when it fails. */
export async function errorOf(work: Promise<unknown>): Promise<KieVeoError> {
	const thrown: unknown = await work.catch((error: unknown) => error);
	if (thrown instanceof KieVeoError) return thrown;
	throw new Error('It did not fail with an error for users', { cause: thrown });
}

/** The key of the callback addresses that are made here. */
export const ADDRESS_KEY = Buffer.from('address key');

type Replies = Array<object | string | Error>;

/**
 * A Kie that gives these answers in order, the last one again and again; an error stands for no answer.
 *
 * @param replies to all requests, or to each method
 * @param name of the API: `api` talks to that one alone, `chosen` asks the other one where it may
 */
export function fakeKie(
	replies: Replies | { GET: Replies; POST: Replies },
	headers: { [name: string]: string } = {},
	name: ApiName = 'veo',
) {
	const clock = new FakeClock();
	const calls: HttpCall[] = [];
	const stop = new AbortController();
	const send: SendRequest = async (call) => {
		// As JSON: what is undefined is not sent.
		calls.push(JSON.parse(JSON.stringify(call)) as HttpCall);
		const isAll = Array.isArray(replies);
		const given = isAll ? replies : replies[call.method];
		const { length } = isAll ? calls : calls.filter(({ method }) => method === call.method);
		const reply = given[Math.min(length, given.length) - 1];
		if (reply === undefined || reply instanceof Error) throw reply;
		const body = typeof reply === 'string' ? reply : JSON.stringify(reply);
		return { statusCode: 200, headers, body };
	};
	const lines: string[] = [];
	const account = {
		http: new HttpClient(send, clock, stop.signal),
		limiter: new SubmissionLimiter(clock),
		recentTasks: new Map(),
		clock,
		signal: stop.signal,
		addressKey: ADDRESS_KEY,
		warn: (line: string) => void lines.push(line),
	};
	const chosen = new KieApi(name, account);
	// A test knows which orders the API that it names takes.
	return { api: chosen.apis[name] as unknown as KieApi, chosen, calls, clock, stop, lines };
}

/** A node's context, and the lines that n8n's log gets. */
export function fakeContext(getWorkflowDataProxy = () => ({}) as IWorkflowDataProxyData) {
	const lines: string[] = [];
	const note = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
	const levels = { info: note('info'), warn: note('warn'), debug: note('debug') };
	const context = {
		getNode: () => ({ name: 'Videos' }) as INode,
		getExecutionId: () => '12',
		logger: levels as unknown as Logger,
		getWorkflowDataProxy,
	};
	return { context, lines };
}

/** An order of a node that has ordered nothing before, and does not wait unless told otherwise. */
export function workOf(
	order: Order,
	connection: { api: object; clock: FakeClock; signal?: AbortSignal },
	options: Partial<TaskWork['options']> = {},
	{ context } = fakeContext(),
) {
	const given = { ...connection, patience: {} } as unknown as Connection;
	return new TaskWork(order, context, given, {
		waitMode: 'none',
		pollInterval: 30,
		timeout: 1800,
		onTimeout: 'error',
		minimumCredits: 0,
		memory: new OrderMemory({ getContext: () => ({}) }, 0),
		item: 0,
		download: null,
		...options,
	});
}
