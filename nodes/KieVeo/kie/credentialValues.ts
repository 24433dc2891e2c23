/*
 * What people paste into the credential, trimmed. n8n puts the key into requests and tests the credential with
 * expressions, so each rule exists twice: as a function, and as an expression made of the same patterns.
 */

/** White space, characters without a width, and quotes: neither a key nor a base URL contains them. */
const BLANKS_AND_QUOTES = /[\s\p{Cf}"'`]/gu;
/** As documentation shows the key in a header. */
const BEARER = /^bearer/i;
/** The path that other clients have in their base URL, and the last slashes. */
const API_PATH = /(?<!\/)(?:\/api\/v1(?:\/(?:veo|jobs))?)?\/*$/i;

function withoutBlanks(value: unknown): string {
	return String(value ?? '').replace(BLANKS_AND_QUOTES, '');
}

/** @returns `''` when nothing is left */
export function trimmedApiKey(value: unknown): string {
	return withoutBlanks(value).replace(BEARER, '');
}

/** Kie's webhook HMAC key; `null` when nothing is left. A character too much, and no signature is right. */
export function trimmedHmacKey(value: unknown): string | null {
	return withoutBlanks(value) || null;
}

/** @returns `''` when nothing is left */
export function trimmedBaseUrl(value: unknown): string {
	return withoutBlanks(value).replace(API_PATH, '');
}

const blanksRemoved = (field: string) =>
	`String($credentials.${field} ?? "").replace(${BLANKS_AND_QUOTES}, "")`;
/** {@link trimmedApiKey} and {@link trimmedBaseUrl} in an n8n expression. */
export const TRIMMED_API_KEY = `${blanksRemoved('apiKey')}.replace(${BEARER}, "")`;
export const TRIMMED_BASE_URL = `${blanksRemoved('baseUrl')}.replace(${API_PATH}, "")`;

/** The first character of a key that no HTTP header can hold as it is; `undefined` when there is none. */
export function unsendableIn(apiKey: string): string | undefined {
	return /[^\x21-\x7e]/u.exec(apiKey)?.[0];
}
