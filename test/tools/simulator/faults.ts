import { STATUS_CODES } from 'node:http';
import type { Host, JournalEntry, JournalFilter } from './journal';
import { CODE_TEXTS } from './kieTexts';
import { jsonReply, type Reply, shapeEnvelope, textReply, uploadError } from './reply';
import type { Scenario } from './scenario';

/** What goes wrong. "Processed" faults let the request take effect, and bill, first. */
export type FaultEffect =
	/** An error code: in the body on the API host, as HTTP status on the others. */
	| {
			kind: 'status';
			code: number;
			msg?: string;
			httpStatus?: number;
			/** Seconds, for the `Retry-After` header. */
			retryAfter?: number;
			processed?: boolean;
	  }
	/** Any body at all; a value other than a string is sent as JSON. */
	| { kind: 'answer'; body: unknown; httpStatus?: number; processed?: boolean }
	| { kind: 'html'; httpStatus?: number; processed?: boolean }
	| { kind: 'empty'; processed?: boolean }
	| { kind: 'redirect'; location: string; httpStatus?: number }
	/** The proper answer, processed, in another form of the envelope. */
	| ({ kind: 'envelope' } & Partial<Scenario['envelope']>)
	/** Connection reset; the request had no effect, although the API host had read all of it. */
	| { kind: 'reset-before' }
	/** Processed, then the connection is reset: the answer is lost. */
	| { kind: 'reset-after' }
	/** Processed at once, answered after `ms` milliseconds. */
	| { kind: 'slow'; ms: number }
	/** Processed; half of the JSON, with the length of that half. */
	| { kind: 'cut-json' }
	/** Processed; the full length announced, half sent, then cut off. */
	| { kind: 'cut-transfer' }
	/** Processed; announces 10 bytes more than it sends, then ends properly. */
	| { kind: 'wrong-length' };

export interface FaultTarget extends JournalFilter {
	/** How many requests it hits. Default 1. */
	times?: number;
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
	/** Whether it hits this request. Counts it. */
	takes(request: JournalEntry): boolean;
	fault: Fault;
}

export function armed(fault: Fault): ArmedFault {
	const { times = 1 } = fault;
	let { skip = 0 } = fault;
	return {
		fault,
		hits: 0,
		takes(request) {
			if (this.hits >= times) return false;
			if (!matches(request, fault) || fault.when?.(request) === false) return false;
			if (skip-- > 0) return false;
			this.hits += 1;
			return true;
		},
	};
}

/** Whether a request is one the filter means. */
export function matches(request: JournalEntry, filter: JournalFilter): boolean {
	const names = ['host', 'method', 'path', 'taskId'] as const;
	return names.every((name) => filter[name] === undefined || filter[name] === request[name]);
}

/**
 * What a fault makes of a request: the reply to send, or none where the connection is reset.
 *
 * @param process lets the request take effect and gives the proper answer
 */
export async function spoil(
	fault: Fault,
	host: Host,
	process: () => Promise<Reply>,
): Promise<Reply | undefined> {
	if (fault.kind === 'reset-before') return undefined;
	const instead = replacement(fault, host);
	if (instead) {
		if ('processed' in fault && fault.processed) await process();
		return instead;
	}
	const proper = await process();
	const { length } = proper.content;
	const half = Math.floor(length / 2);
	switch (fault.kind) {
		case 'envelope':
			return { ...proper, ...jsonReply(shapeEnvelope(proper.answer, fault)) };
		case 'cut-json':
			return { ...proper, sent: half };
		case 'cut-transfer':
			return { ...proper, sent: half, announced: length, isCut: true };
		case 'wrong-length':
			return { ...proper, announced: length + 10 };
		case 'slow':
			// By the timers of the process, which a test may have replaced; does not keep it alive.
			await new Promise<void>((resolve) => setTimeout(resolve, fault.ms).unref());
			return proper;
		default:
			return undefined;
	}
}

/** The answer a fault gives instead of the proper one; undefined where it gives none. */
function replacement(fault: Fault, host: Host): Reply | undefined {
	switch (fault.kind) {
		case 'status': {
			const { code, msg = CODE_TEXTS.get(code) ?? `Error ${code}`, retryAfter } = fault;
			const asBody = () => jsonReply({ code, msg, data: null });
			const of = {
				api: asBody,
				upload: () => uploadError(code, msg),
				file: () => textReply(msg, code),
			};
			const reply = of[host]();
			if (retryAfter !== undefined) reply.headers['retry-after'] = String(retryAfter);
			return { ...reply, status: fault.httpStatus ?? reply.status };
		}
		case 'answer': {
			const { body, httpStatus } = fault;
			return typeof body === 'string' ? textReply(body, httpStatus) : jsonReply(body, httpStatus);
		}
		case 'html': {
			const { httpStatus = 502 } = fault;
			const title = `${httpStatus} ${STATUS_CODES[httpStatus] ?? ''}`;
			const page = `<!DOCTYPE html><title>${title}</title><h1>${title}</h1><p>cloudflare</p>`;
			return textReply(page, httpStatus, 'text/html;charset=UTF-8');
		}
		case 'empty':
			return textReply('');
		case 'redirect':
			return { ...textReply('', fault.httpStatus ?? 302), headers: { location: fault.location } };
		default:
			return undefined;
	}
}
