import { STATUS_CODES } from 'node:http';
import { partOf } from './content';
import { type Envelope, shapeEnvelope, uploadError } from '../api/envelope';
import { type Host, type JournalEntry, type JournalFilter, matches } from './journal';
import { type Reply, jsonReply, textReply } from './reply';
import { type EnvelopeForm, type Operation, OPERATIONS } from '../state/scenario';

/** What goes wrong. "Processed" faults let the request take effect, and bill, first. */
export type FaultEffect =
	/** An error code: in the body on the API host, as HTTP status on the others. */
	| {
			kind: 'status';
			code: number;
			msg?: string;
			httpStatus?: number;
			/** Seconds, or an HTTP date, for the `Retry-After` header. */
			retryAfter?: number | string;
			processed?: boolean;
	  }
	/** Any body at all; a value other than a string is sent as JSON. */
	| {
			kind: 'answer';
			body: unknown;
			contentType?: string;
			httpStatus?: number;
			processed?: boolean;
	  }
	/** The proper answer, processed, in another form of the envelope. */
	| ({ kind: 'envelope' } & Partial<EnvelopeForm>)
	| { kind: 'html'; httpStatus?: number; processed?: boolean }
	| { kind: 'empty'; httpStatus?: number; processed?: boolean }
	| { kind: 'redirect'; location: string; httpStatus?: number; processed?: boolean }
	/** Connection reset; the request had no effect, although the API host had read all of it. */
	| { kind: 'reset-before' }
	/** Processed, then the connection is reset: the answer is lost. */
	| { kind: 'reset-after' }
	/** Processed at once, answered after `ms` milliseconds. */
	| { kind: 'slow'; ms: number }
	/** Never answered; the connection stays open. */
	| { kind: 'hang'; processed?: boolean }
	/** Processed; half of the JSON, with the length of that half. */
	| { kind: 'cut-json' }
	/** Processed; the full length announced, `bytes` (default: half) sent, then cut off. */
	| { kind: 'cut-transfer'; bytes?: number }
	/** Processed; announces `delta` (default 10) bytes more than it sends, then ends properly. */
	| { kind: 'wrong-length'; delta?: number };

export interface FaultTarget extends JournalFilter {
	/** How many requests it hits. Default 1, with `forMs` all. */
	times?: number;
	/** It ends this many milliseconds after it was ordered. */
	forMs?: number;
	/** What the journal calls it. Default: its kind. */
	label?: string;
	/** How many matching requests pass before it begins. */
	skip?: number;
	/** A further condition, asked only where everything else matches. */
	when?: (request: JournalEntry) => boolean;
}

export type Fault = FaultTarget & FaultEffect;

/** An ordered fault. */
export interface ArmedFault {
	/** Requests hit so far. */
	hits: number;
	remove(): void;
}

/** For a while, all requests of a kind are turned away and have no effect. */
export interface Storm {
	/** Milliseconds. */
	ms: number;
	/** A code in the body, or an error page with HTTP 503. */
	answer: number | 'html';
	/** Default `paid`: requests for paid work, and repeats that ask about it. */
	on?: 'paid' | 'all' | readonly Operation[];
}

/** The fault a storm consists of. */
export function stormFault({ ms, answer, on = 'paid' }: Storm): Fault {
	const target = {
		host: 'api' as const,
		forMs: ms,
		label: 'storm',
		operations: on === 'all' ? undefined : on === 'paid' ? OPERATIONS : on,
	};
	return answer === 'html'
		? { kind: 'html', httpStatus: 503, ...target }
		: { kind: 'status', code: answer, ...target };
}

interface Armed {
	fault: Fault;
	skip: number;
	left: number;
	/** Epoch milliseconds. */
	until: number;
	hits: number;
}

/** The faults on order; the oldest that matches hits first. */
export class Faults {
	private armed: Armed[] = [];

	add(fault: Fault): ArmedFault {
		const { skip = 0, forMs, times = forMs === undefined ? 1 : Infinity } = fault;
		const until = forMs === undefined ? Infinity : Date.now() + forMs;
		const armed: Armed = { fault, skip, left: times, until, hits: 0 };
		this.armed.push(armed);
		return {
			get hits() {
				return armed.hits;
			},
			remove: () => {
				this.armed = this.armed.filter((one) => one !== armed);
			},
		};
	}

	/** The fault that hits this request, if any. */
	take(request: JournalEntry): Fault | undefined {
		for (const armed of this.armed) {
			const { fault } = armed;
			if (armed.left <= 0 || Date.now() >= armed.until) continue;
			if (!matches(request, fault)) continue;
			if (fault.when && !fault.when(request)) continue;
			if (armed.skip > 0) {
				armed.skip -= 1;
				continue;
			}
			armed.left -= 1;
			armed.hits += 1;
			return fault;
		}
		return undefined;
	}

	clear(): void {
		this.armed = [];
	}
}

/** The texts that go with a bare error code. */
const STATUS_TEXTS = new Map([
	[401, 'You do not have access permissions'],
	[402, 'The current credits are insufficient. Please top up.'],
	[404, 'Task not found'],
	[408, 'Upstream is currently experiencing service issues. No result was obtained.'],
	[429, 'Rate limit exceeded'],
	[433, 'The usage limit of this key is exceeded.'],
	[451, 'Failed to fetch the image. Kindly verify any access limits set by you.'],
	[455, 'The service is currently undergoing maintenance. Please try again later.'],
	[500, 'Internal Error, Please try again later.'],
	[501, 'Failed - Video generation task failed'],
	[505, 'This feature is currently disabled.'],
]);

function htmlPage(status: number): string {
	const title = `${status} ${STATUS_CODES[status] ?? ''}`;
	return (
		`<!DOCTYPE html><html><head><title>${title}</title></head>` +
		`<body><h1>${title}</h1><p>cloudflare</p></body></html>`
	);
}

/** The answer a fault gives instead of the proper one; undefined where it gives none. */
export function replacement(fault: Fault, host: Host): Reply | undefined {
	switch (fault.kind) {
		case 'status':
			return statusReply(fault, host);
		case 'answer': {
			const { body, contentType, httpStatus = 200 } = fault;
			return typeof body === 'string'
				? textReply(body, httpStatus, contentType)
				: jsonReply(body, httpStatus, contentType);
		}
		case 'html': {
			const { httpStatus = 502 } = fault;
			return textReply(htmlPage(httpStatus), httpStatus, 'text/html;charset=UTF-8');
		}
		case 'empty':
			return textReply('', fault.httpStatus ?? 200);
		case 'redirect': {
			const reply = textReply('', fault.httpStatus ?? 302);
			reply.headers.location = fault.location;
			return reply;
		}
		default:
			return undefined;
	}
}

function statusReply(fault: Extract<Fault, { kind: 'status' }>, host: Host): Reply {
	const msg = fault.msg ?? STATUS_TEXTS.get(fault.code) ?? `Error ${fault.code}`;
	const body: Envelope = { code: fault.code, msg, data: null };
	const reply =
		host === 'api'
			? jsonReply(body)
			: host === 'upload'
				? uploadError(fault.code, msg)
				: textReply(msg, fault.code);
	if (fault.httpStatus !== undefined) reply.status = fault.httpStatus;
	if (fault.retryAfter !== undefined) reply.headers['retry-after'] = String(fault.retryAfter);
	return reply;
}

/** Faults that change the proper answer itself. */
export function altered(fault: Fault, reply: Reply): Reply {
	if (fault.kind === 'envelope') {
		const shaped = jsonReply(shapeEnvelope(reply.answer, fault), reply.status);
		return { ...reply, content: shaped.content, answer: shaped.answer };
	}
	if (fault.kind === 'cut-json') {
		const { content } = reply;
		return { ...reply, content: partOf(content, 0, Math.floor(content.length / 2)) };
	}
	return reply;
}
