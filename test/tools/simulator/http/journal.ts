import type { Operation } from '../state/scenario';

export type Host = 'api' | 'upload' | 'file';

/** One request, noted when it arrived and completed when it was answered. */
export interface JournalEntry {
	/** Epoch milliseconds of the request's arrival. */
	at: number;
	host: Host;
	method: string;
	path: string;
	query: Record<string, string>;
	/** Names in lower case; repeated headers joined with a comma. */
	headers: Record<string, string>;
	/** Parsed JSON, other text, a summary of an upload, or null. */
	body: unknown;
	/** The paid work it asks for, or asks about by repeating the request. */
	operation: Operation | null;
	/** The task the request is about, as far as it is known. */
	taskId: string | null;
	/** Of an upgrade that was ordered through the jobs API: the id it was given. */
	jobId: string | null;
	/** Null while unanswered, and for good where the connection was cut before an answer. */
	httpStatus: number | null;
	/** The answer made (parsed JSON or text), also where a fault kept it from being sent. */
	answer: unknown;
	/** Asked for new work: accepted, refused, or turned away by the rate limit. Polls are false. */
	submission: boolean;
	creditsCharged: number;
	/** Kind of the fault that hit it; `storm` in a storm. */
	fault: string | null;
}

export interface JournalFilter {
	host?: Host;
	method?: string;
	path?: string | RegExp;
	taskId?: string;
	/** One of these. */
	operations?: readonly Operation[];
}

export class Journal {
	readonly entries: JournalEntry[] = [];

	/** Notes a request; the caller fills in the rest as it learns it. */
	open(
		request: Pick<JournalEntry, 'host' | 'method' | 'path' | 'query' | 'headers' | 'operation'>,
	): JournalEntry {
		const entry: JournalEntry = {
			at: Date.now(),
			...request,
			body: null,
			taskId: null,
			jobId: null,
			httpStatus: null,
			answer: null,
			submission: false,
			creditsCharged: 0,
			fault: null,
		};
		this.entries.push(entry);
		return entry;
	}

	requests(filter: JournalFilter = {}): JournalEntry[] {
		return this.entries.filter((entry) => matches(entry, filter));
	}

	submissions(filter: JournalFilter = {}): JournalEntry[] {
		return this.requests(filter).filter(({ submission }) => submission);
	}

	/** Requests that cost credits. */
	paid(filter: JournalFilter = {}): JournalEntry[] {
		return this.requests(filter).filter(({ creditsCharged }) => creditsCharged > 0);
	}

	clear(): void {
		this.entries.length = 0;
	}
}

/** Whether a request is one the filter means. */
export function matches(
	request: Pick<JournalEntry, 'host' | 'method' | 'path' | 'taskId' | 'operation'>,
	filter: JournalFilter,
): boolean {
	if (filter.host !== undefined && filter.host !== request.host) return false;
	if (filter.method !== undefined && filter.method !== request.method) return false;
	if (filter.taskId !== undefined && filter.taskId !== request.taskId) return false;
	const { operations } = filter;
	if (operations && !operations.some((one) => one === request.operation)) return false;
	if (filter.path === undefined) return true;
	return typeof filter.path === 'string'
		? filter.path === request.path
		: filter.path.test(request.path);
}
