import { STATUS_CODES } from 'node:http';
import { isJsonObject } from '../../../nodes/KieVeo/values';
import { CODE_TEXTS } from './kieTexts';
import { envelope, jsonReply, type Reply, textReply, uploadError } from './reply';
import type { Host, JournalEntry } from './server';

/** What goes wrong. */
export type FaultEffect = {
	/** Of a fault that replaces the answer: the request takes effect, and bills, first. */
	processed?: boolean;
	/** Milliseconds until the answer. */
	ms?: number;
} &
	/** An error code: in the body on the API host, as HTTP status on the others. `retryAfter` in seconds. */
	(| { kind: 'status'; code: number; msg?: string; httpStatus?: number; retryAfter?: number }
		/** Any body at all; a value other than a string is sent as JSON. */
		| { kind: 'answer'; body: unknown; httpStatus?: number }
		| { kind: 'html'; httpStatus?: number }
		| { kind: 'empty' }
		| { kind: 'redirect'; location: string }
		/** Connection reset; the request had no effect, although the API host had read all of it. */
		| { kind: 'reset-before' }
		/** Processed, then the connection is reset: the answer is lost. */
		| { kind: 'reset-after' }
		/** Processed at once, answered late. */
		| { kind: 'slow'; ms: number }
		/** Processed; the proper answer without its code. */
		| { kind: 'no-code' }
		/** Processed; half of the JSON, with the length of that half. */
		| { kind: 'cut-json' }
		/** Processed; the full length announced, half sent, then cut off. */
		| { kind: 'cut-transfer' }
		/** Processed; announces 10 bytes more than it sends, then ends properly. */
		| { kind: 'wrong-length' }
	);

/** Which requests are meant. */
export interface RequestFilter {
	host?: Host;
	method?: string;
	path?: string;
	taskId?: string;
}

/** What goes wrong, and with which requests. */
export type Fault = FaultEffect &
	RequestFilter & {
		/** How many requests it hits. Default 1. */
		times?: number;
		/** A further condition, asked only where everything else matches. */
		when?: (request: JournalEntry) => boolean;
	};

/** An ordered fault. */
export type ArmedFault = Fault & {
	/** Requests hit so far. */
	hits: number;
};

/** Whether a fault hits this request. Counts it. */
export function takes(fault: ArmedFault, request: JournalEntry): boolean {
	const { times = 1, when } = fault;
	if (fault.hits >= times || !matches(request, fault) || when?.(request) === false) return false;
	fault.hits += 1;
	return true;
}

/** Whether a request is one the filter means. */
export function matches(request: JournalEntry, filter: RequestFilter): boolean {
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
	const proper = !instead || fault.processed ? await process() : undefined;
	if (fault.ms !== undefined) {
		// By the timers of the process, which a test may have replaced; does not keep it alive.
		await new Promise<void>((resolve) => setTimeout(resolve, fault.ms).unref());
	}
	return instead ?? (proper && damaged(fault, proper));
}

/** What arrives of the proper answer. */
function damaged({ kind }: Fault, proper: Reply): Reply | undefined {
	const { answer, content } = proper;
	const half = Math.floor(content.length / 2);
	switch (kind) {
		case 'no-code':
			return isJsonObject(answer) ? jsonReply({ ...answer, code: undefined }) : proper;
		case 'cut-json':
			return { ...proper, sent: half };
		case 'cut-transfer':
			return { ...proper, sent: half, announced: content.length, isCut: true };
		case 'wrong-length':
			return { ...proper, announced: content.length + 10 };
		case 'slow':
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
			const reply = {
				api: () => envelope(code, msg),
				upload: () => uploadError(code, msg),
				file: () => textReply(msg, code),
			}[host]();
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
			return { ...textReply('', 302), headers: { location: fault.location } };
		default:
			return undefined;
	}
}
