/*
 * What people paste into the credential, cleaned. n8n puts the key into requests and tests the credential with
 * expressions, so each rule exists twice: as a function, and as an expression made of the same patterns.
 */

/** White space, invisible characters of every kind, and quotes: neither a key nor a base URL contains them. */
const NOISE = /[\p{Cc}\p{Cf}\p{Z}"'`´‘’“”„«»]/gu;
/** The header or variable in which documentation shows the key. */
const HEADER = /^(?:(?:export)?(?:authorization|(?:kie[_-]?|x-)?api[_-]?key)[:=])*(?:bearer:?)*/i;
/** All but the last of several protocols, and a query or fragment, which would swallow the path of a request. */
const AROUND_URL = /^(?:https?:\/*)+(?=https?:)|[?#].*$/gi;
/** The path that other clients have in their base URL; an endpoint; the last slashes. */
const PATH_OF_API =
	/\/*(?:\/api\/v1(?:\/(?:veo|jobs|chat|common)(?:\/[a-z\d-]+)?)?|\/api\/file-[a-z\d]+-upload)?\/*$/i;

/** @returns `''` when nothing is left */
export function cleanApiKey(value: unknown): string {
	return String(value ?? '')
		.replace(NOISE, '')
		.replace(HEADER, '');
}

/** The API key in an n8n expression, as {@link cleanApiKey} gives it. */
export const CLEAN_API_KEY = `String($credentials.apiKey ?? "").replace(${NOISE}, "").replace(${HEADER}, "")`;

/** Kie's webhook HMAC key; `null` when nothing is left. A character too much, and no signature is right. */
export function cleanHmacKey(value: unknown): string | null {
	return String(value ?? '').replace(NOISE, '') || null;
}

/** @returns `''` when nothing is left */
export function cleanBaseUrl(value: unknown): string {
	return String(value ?? '')
		.replace(NOISE, '')
		.replace(AROUND_URL, '')
		.replace(PATH_OF_API, '');
}

/** The base URL in an n8n expression, as {@link cleanBaseUrl} gives it. */
export const CLEAN_BASE_URL = `String($credentials.baseUrl ?? "").replace(${NOISE}, "").replace(${AROUND_URL}, "").replace(${PATH_OF_API}, "")`;

/** The first character of a key that no HTTP header can hold as it is; `undefined` when there is none. */
export function unsendableIn(apiKey: string): string | undefined {
	return /[^\x21-\x7e]/u.exec(apiKey)?.[0];
}
