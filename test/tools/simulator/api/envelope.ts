import { type Reply, UPLOAD_JSON, jsonReply } from '../http/reply';
import type { Failure } from '../state/failure';
import type { EnvelopeForm } from '../state/scenario';

/** `{ code, msg, data }`; a real HTTP status other than 200 is not how this host reports errors. */
export interface Envelope {
	/** Null leaves it out. */
	code: number | string | null;
	msg: string;
	data?: unknown;
}

export function success(data: unknown): Envelope {
	return { code: 200, msg: 'success', data };
}

export function failure(code: number | string, msg: string, data: unknown = null): Envelope {
	return { code, msg, data };
}

export function told({ code, msg, errorMessage }: Failure): Envelope {
	return failure(code, msg, errorMessage === undefined ? null : { errorMessage });
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

/** Writes an envelope in one of the forms seen on the wire. */
export function shapeEnvelope(value: unknown, form: Partial<EnvelopeForm>): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const shaped: Record<string, unknown> = { ...value };
	if (form.code === 'text' && shaped.code !== null) shaped.code = String(shaped.code);
	if (form.code === 'absent' || shaped.code === null) delete shaped.code;
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
