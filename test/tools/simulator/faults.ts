import { STATUS_CODES } from 'node:http';
import { type Host, type JournalEntry, type JournalFilter, matches } from './journal';
import { CODE_TEXTS } from './kieTexts';
import { type Reply, jsonReply, shapeEnvelope, textReply, uploadError } from './reply';
import type { EnvelopeForm } from './scenario';

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
	| { kind: 'redirect'; location: string; httpStatus?: number; processed?: boolean }
	/** The proper answer, processed, in another form of the envelope. */
	| ({ kind: 'envelope' } & Partial<EnvelopeForm>)
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
	/** How many requests it hits. Default 1, with `forMs` all. */
	times?: number;
	/** It ends this many milliseconds after it was ordered. */
	forMs?: number;
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
}

/** The faults on order; the oldest that matches hits first. */
export class Faults {
	private armed: Array<{ fault: Fault; skip: number; left: number; until: number; hits: number }> =
		[];

	add(fault: Fault): ArmedFault {
		const { skip = 0, forMs, times = forMs === undefined ? 1 : Infinity } = fault;
		const until = forMs === undefined ? Infinity : Date.now() + forMs;
		const armed = { fault, skip, left: times, until, hits: 0 };
		this.armed.push(armed);
		return armed;
	}

	/** The fault that hits this request, if any. */
	take(request: JournalEntry): Fault | undefined {
		for (const armed of this.armed) {
			const { fault, left, until } = armed;
			if (left <= 0 || Date.now() >= until || !matches(request, fault)) continue;
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
	const instead = replacement(fault, host);
	if (instead) {
		if ('processed' in fault && fault.processed) await process();
		return instead;
	}
	if (fault.kind === 'reset-before') return undefined;
	const proper = await process();
	const { content, answer, status } = proper;
	const half = Math.floor(content.length / 2);
	switch (fault.kind) {
		case 'envelope':
			return { ...proper, ...jsonReply(shapeEnvelope(answer, fault), status) };
		case 'cut-json':
			return { ...proper, part: [0, half] };
		case 'cut-transfer':
			return { ...proper, cutAfter: half };
		case 'wrong-length':
			return { ...proper, missing: 10 };
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
		case 'status':
			return statusReply(fault, host);
		case 'answer': {
			const { body, httpStatus } = fault;
			return typeof body === 'string' ? textReply(body, httpStatus) : jsonReply(body, httpStatus);
		}
		case 'html': {
			const { httpStatus = 502 } = fault;
			const title = `${httpStatus} ${STATUS_CODES[httpStatus] ?? ''}`;
			const head = `<!DOCTYPE html><html><head><title>${title}</title></head>`;
			const page = `${head}<body><h1>${title}</h1><p>cloudflare</p></body></html>`;
			return textReply(page, httpStatus, 'text/html;charset=UTF-8');
		}
		case 'empty':
			return textReply('');
		case 'redirect': {
			const { location, httpStatus = 302 } = fault;
			return { ...textReply('', httpStatus), headers: { location } };
		}
		default:
			return undefined;
	}
}

function statusReply(fault: Extract<Fault, { kind: 'status' }>, host: Host): Reply {
	const { code, httpStatus, retryAfter } = fault;
	const msg = fault.msg ?? CODE_TEXTS.get(code) ?? `Error ${code}`;
	const reply = {
		api: () => jsonReply({ code, msg, data: null }),
		upload: () => uploadError(code, msg),
		file: () => textReply(msg, code),
	}[host]();
	const headers: Record<string, string> =
		retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
	return { ...reply, headers, status: httpStatus ?? reply.status };
}
