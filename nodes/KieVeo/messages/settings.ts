import { CHOOSE, inputError, type KieVeoError } from './error';
import { shorten, show } from './values';

/* Fields of the credential that cannot be used. */

function settingError(field: string, fault: string, advice: string): KieVeoError {
	return inputError(field, `of the Kie.ai API credential ${fault}`, advice);
}

export function apiError(value: unknown): KieVeoError {
	return settingError(
		'Order Through',
		`must be veo or jobs, not ${show(value)}`,
		`${CHOOSE} Nothing was sent.`,
	);
}

/**
 * @param url `null` when it may be a secret
 * @param usual Kie's own address
 */
export function baseUrlError(field: string, url: string | null, usual: string): KieVeoError {
	const shown = url === null ? '' : `: ${shorten(url)}`;
	return settingError(field, `is not a web address${shown}`, `Set it to ${usual}.`);
}

export function emptyApiKeyError(): KieVeoError {
	return settingError(
		'API Key',
		'is empty',
		'Copy the key from https://kie.ai/api-key. Nothing was sent.',
	);
}

/** @param character the first one that an HTTP header cannot hold */
export function apiKeyError(character: string): KieVeoError {
	const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
	return settingError(
		'API Key',
		`contains a character that keys never contain: U+${code}`,
		'It may look like an ordinary letter. Copy the key again from https://kie.ai/api-key. Nothing was sent.',
	);
}
