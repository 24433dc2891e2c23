import type { Operation } from './scenario';

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
	/** Kind of the fault that hit it. */
	fault: string | null;
}

export interface JournalFilter {
	host?: Host;
	method?: string;
	path?: string;
	taskId?: string;
}
