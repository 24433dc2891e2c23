import {
	ExpressionError,
	NodeApiError,
	NodeOperationError,
	type INode,
	type JsonObject as NodeJsonObject,
} from 'n8n-workflow';

import type { FailureReason, Said } from '../kie/meaning/answer';

/** A fault as the user reads it: the message says what happened, the description what to do next. */
export class KieVeoError extends Error {
	override readonly name = 'KieVeoError';
	readonly description!: string;
	/** Kie's effective status; `undefined` when the fault is not an answer of Kie's. */
	readonly kieCode?: number | null;
	/** The task it is about, or `null`. */
	readonly taskId: string | null = null;
	/** Why Kie refused for good; `null` for any other fault. */
	readonly failure: FailureReason | null = null;
	/** Set when the waiting time ran out: the video is not lost, only not ready. */
	readonly timedOut: boolean = false;
	/** Whether an order that gave this error may have been accepted, and paid for: its answer was lost, or names a task. */
	readonly mayBePaid: boolean = false;
	/** Set when the answer to an order that must not be sent again was lost: what was wrong with it. */
	readonly lostAnswer?: string;

	constructor(
		message: string,
		details: Pick<KieVeoError, 'description'> & Partial<Omit<KieVeoError, keyof Error>>,
	) {
		super(message);
		Object.assign(this, details);
	}
}

/** Makes errors of rows: what each says happened, and its advice on what to do next. */
export function errorsFrom<
	Rows extends { [name: string]: (...values: never[]) => [message: string, advice: string] },
>(rows: Rows) {
	const errors = Object.entries(rows).map(([name, row]) => [
		name,
		(...values: never[]) => {
			const [message, description] = row(...values);
			return new KieVeoError(message, { description });
		},
	]);
	return Object.fromEntries(errors) as {
		[Name in keyof Rows]: (...values: Parameters<Rows[Name]>) => KieVeoError;
	};
}

/** Anything thrown, as an error. */
export function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}

/**
 * The error n8n shows, from whatever was thrown. Never carries the request or its headers.
 *
 * @param addition to the description, e.g. what else was already submitted
 */
export function toNodeError(
	node: INode,
	error: unknown,
	{ itemIndex, addition }: { itemIndex?: number; addition?: string } = {},
): Error {
	// n8n's own errors are left alone: the editor explains those about expressions.
	const own = [ExpressionError, NodeApiError, NodeOperationError];
	if (error instanceof Error && own.some((one) => error instanceof one)) return error;
	if (!(error instanceof KieVeoError)) {
		const { message } = asError(error);
		return new NodeOperationError(node, message, { itemIndex, description: addition });
	}
	const { message, kieCode } = error;
	const description = addition ? `${error.description} ${addition}` : error.description;
	if (kieCode === undefined) {
		const nodeError = new NodeOperationError(node, message, { itemIndex, description });
		nodeError.message = message;
		return nodeError;
	}
	const response: NodeJsonObject = { message, code: kieCode };
	const nodeError = new NodeApiError(node, response, {
		message,
		description,
		httpCode: kieCode === null ? undefined : String(kieCode),
		itemIndex,
	});
	// n8n replaces a text that contains the name of a system fault, as "preexisting" does (EEXIST).
	nodeError.message = message.charAt(0).toUpperCase() + message.slice(1);
	return nodeError;
}

/* Quoted values. A user's value can be a whole file, so quotes are limited in length. */

/** Maximum characters of a value. */
const MOST_OF_A_VALUE = 200;
/** Maximum characters of a task ID, which an error can name in several places. Kie's have 36 or fewer. */
const MOST_OF_AN_ID = 40;
/** Maximum characters of Kie's words, which can repeat a value. */
const MOST_OF_KIES_WORDS = 250;

/** A value of any type, as a message shows it. */
export function show(value: unknown): string {
	try {
		return shorten(JSON.stringify(value) ?? String(value));
	} catch {
		// A circular object.
		return shorten(String(value));
	}
}

/** The user's text, as a message shows it. A shortened one is followed by its length. */
export function shorten(text: string, most = MOST_OF_A_VALUE): string {
	if (text.length <= most) return text;
	// Never half a surrogate pair.
	const start = text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
	return `${start}… (${text.length} characters)`;
}

/** A task ID, as a message shows it. */
export function shortenId(taskId: string): string {
	return shorten(taskId, MOST_OF_AN_ID);
}

/** What Kie said, or what was wrong with its answer. */
export function textOf({ message, code }: Said): string {
	if (message !== '') return shorten(message, MOST_OF_KIES_WORDS);
	return code === null ? 'an answer without a code' : `code ${code}`;
}

/** Added to Kie's words about an upgrade. */
export const PERHAPS_REORDERED =
	'(A status request may have started, and billed, another upgrade of this video.)';

/** Kie's own words, or ours for a failure Kie has no words for. */
export function failureText(reason: FailureReason, said: string): string {
	return reason === 'reordered'
		? 'the upgrade has failed, and Kie.ai treated the status request as a new order'
		: said;
}
