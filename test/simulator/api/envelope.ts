import { type Reply, UPLOAD_JSON, jsonReply } from '../http/reply';
import type { EnvelopeForm, Failure } from '../state/scenario';

/** `{ code, msg, data }`; a real HTTP status other than 200 is not how this host reports errors. */
export interface Envelope {
	code: number;
	msg: string;
	data?: unknown;
}

export function success(data: unknown): Envelope {
	return { code: 200, msg: 'success', data };
}

export function failure(code: number, msg: string, data: unknown = null): Envelope {
	return { code, msg, data };
}

export function told({ code, msg }: Failure): Envelope {
	return failure(code, msg);
}

/** Missing or bad headers: the one answer without a `data` key. */
export const NO_ACCESS: Envelope = { code: 401, msg: 'You do not have access permissions' };

/** Texts of the record states, as the provider writes them. */
export const RECORD_IS_NULL = failure(422, 'record is null');
export const RECORD_TOO_OLD = failure(422, 'Temporarily supports records within 14 days');
export const RECORD_NOT_SUCCESS = failure(422, 'record status is not success');
export const RECORD_RESULT_BLANK = failure(422, 'record result data is blank');
export const RECORD_RESULT_MISSING = failure(422, 'record result data not exist');
export const TASK_NOT_FOUND = failure(404, 'Task not found');
export const RATE_LIMITED = failure(429, 'Rate limit exceeded');
export const NOT_ENOUGH_CREDITS = failure(
	402,
	'The current credits are insufficient. Please top up.',
);

/** Writes an envelope in one of the forms seen on the wire. */
export function shapeEnvelope(value: unknown, form: Partial<EnvelopeForm>): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const shaped: Record<string, unknown> = { ...value };
	if (form.code === 'text') shaped.code = String(shaped.code);
	if (form.code === 'absent') delete shaped.code;
	if (form.data === 'null') shaped.data = null;
	if (form.data === 'absent') delete shaped.data;
	return shaped;
}

export function envelopeReply(envelope: Envelope, form: Partial<EnvelopeForm> = {}): Reply {
	return jsonReply(shapeEnvelope(envelope, form));
}

/** The upload host's errors: real HTTP statuses, `success: false`, no `data`. */
export function uploadError(code: number, msg: string): Reply {
	return jsonReply({ success: false, code, msg }, code, UPLOAD_JSON);
}
