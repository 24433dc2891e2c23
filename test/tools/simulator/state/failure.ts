import { type Check, either, integer, object, oneOf, optional, required, text } from '../api/check';

/** How Kie says that something failed or was refused. */
export interface Failure {
	/** Some pages show codes as text. */
	code: number | string;
	msg: string;
	/** The true reason, in `data.errorMessage` of an answer or callback; `msg` is general then. */
	errorMessage?: string;
}

/** How Kie says that a paid request was accepted. A code of null is left out. */
export interface Acceptance {
	code: number | string | null;
	msg: string;
}

const code = either(integer(0), text);

export const failureCheck: Check = object({
	code: required(code),
	msg: required(text),
	errorMessage: optional(text),
});

export const acceptanceCheck: Check = object({
	code: required(either(code, oneOf(null))),
	msg: required(text),
});
