import { inputError, type KieVeoError } from './error';
import { show } from './values';

/* Where a file is downloaded from and stored. */

const RESULT_URL =
	'Enter a result URL from Kie.ai, e.g. {{ $json.videoUrl }} from an earlier node.';

export function emptyUrlError(): KieVeoError {
	return inputError('URL', 'is empty', RESULT_URL);
}

/** @param fault why it cannot lead to a file from Kie */
export function fileUrlError(fault: string): KieVeoError {
	return inputError('URL', `cannot be used: ${fault}`, RESULT_URL);
}

/** @param count number of addresses in the list */
export function urlListError(count: number): KieVeoError {
	return inputError(
		'URL',
		`is a list of ${count} addresses, but must be one`,
		'Take one of them, e.g. {{ $json.videoUrls[0] }}, or put a Split Out node before this one.',
	);
}

export function urlFormError(): KieVeoError {
	return inputError('URL', 'is not text', RESULT_URL);
}

export function emptyFieldNameError(): KieVeoError {
	return inputError(
		'Put Output File in Field',
		'is empty',
		'Enter the name of the binary field for the file, usually data.',
	);
}

export function maximumSizeError(value: unknown): KieVeoError {
	return inputError(
		'Maximum Size',
		`must be a number of megabytes, 0 or greater, not ${show(value)}`,
		'0 means no limit.',
	);
}
