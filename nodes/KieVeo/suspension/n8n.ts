import type { IWebhookDescription, IWebhookFunctions } from 'n8n-workflow';

import type { CallingContext } from '../kie/connection';
import { toNumber, toText } from '../values';

/* What n8n gives an execution that is suspended. While it is called, only expressions can read most of it. */

/** Last part of the address under which a suspended execution is called. */
const RESUME_PATH = 'kie-veo';

/**
 * The address n8n serves while this node has suspended an execution. It exists for that execution only,
 * so there is nothing to register with Kie beforehand.
 */
export const resumeWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		path: RESUME_PATH,
		restartWebhook: true,
		isFullPath: true,
		responseMode: 'onReceived',
	},
];

/** n8n's own address of the execution; possibly no URL at all, if n8n's settings are wrong. */
export function resumeUrlOf(context: CallingContext): string | null {
	return toText(context.evaluateExpression('{{ $execution.resumeUrl }}', 0));
}

/**
 * Whether a call of `url` would resume the execution that `resumeUrl` belongs to: at a Wait node, whose suffix may be
 * part of the path, or in 2.x of the signature.
 */
export function resumes(url: string, resumeUrl: string): boolean {
	if (!URL.canParse(url) || !URL.canParse(resumeUrl)) return false;
	const [called, own] = [new URL(url), new URL(resumeUrl)];
	return called.origin === own.origin && `${called.pathname}/`.startsWith(`${own.pathname}/`);
}

/** Where this node is called while the execution is suspended. */
export function resumeAddressOf(context: CallingContext): string | null {
	const url = resumeUrlOf(context);
	return url !== null && URL.canParse(url) ? withResumePath(url) : null;
}

/** n8n 2.x signs the address in its query: the path is extended, the query stays. */
export function withResumePath(resumeUrl: string): string {
	const address = new URL(resumeUrl);
	address.pathname = `${address.pathname.replace(/\/$/, '')}/${RESUME_PATH}`;
	return address.href;
}

/** n8n 2.x signs the address, and resumes an execution for one process only. */
export function isSigned(resumeAddress: string): boolean {
	return new URL(resumeAddress).search !== '';
}

/** Whether n8n limits how many executions run at the same time, or does not say. */
export function mayQueueExecutions(context: CallingContext): boolean {
	try {
		const limit = context.evaluateExpression('{{ $env.N8N_CONCURRENCY_PRODUCTION_LIMIT }}', 0);
		return (toNumber(limit) ?? -1) > 0;
	} catch {
		// Access to the environment can be forbidden.
		return true;
	}
}

/**
 * Tells apart the suspensions of one execution by the same node, as in a loop: how many times the node has
 * finished before, minus one. The same while it submits and while its callbacks arrive, in every process.
 */
export function roundOf(context: CallingContext): number {
	return toNumber(nodeData(context, 'runIndex')) ?? -1;
}

/** What n8n keeps about this node in the execution. */
export function nodeData(context: CallingContext, path: 'runIndex' | `context.${string}`): unknown {
	// Braces in a name would end the expression.
	const name = JSON.stringify(context.getNode().name)
		.replaceAll('{', '\\u007b')
		.replaceAll('}', '\\u007d');
	return context.evaluateExpression(`{{ $node[${name}].${path} }}`, 0);
}

/**
 * A parameter of the node while it resumes an execution. An expression may refer to data that is not available
 * then; it is treated as not set, because nothing may be thrown.
 */
export function parameterOf(context: IWebhookFunctions, name: string, fallback: unknown): unknown {
	try {
		return context.getNodeParameter(name, fallback);
	} catch {
		return fallback;
	}
}
