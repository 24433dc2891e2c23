import { CHOOSE, inputError, type KieVeoError } from './error';
import { show } from './values';

/* What a new video cannot be ordered with. */

export function emptyPromptError(): KieVeoError {
	return inputError('Prompt', 'is empty', 'Describe what the video should show.');
}

/** @param fields the object's fields that hold text */
export function promptObjectError(fields: string[]): KieVeoError {
	const [field, ...others] = fields;
	const take =
		field !== undefined && others.length === 0 && /^\w{1,50}$/.test(field)
			? `Use its field '${field}', e.g. {{ $json.${field} }}.`
			: 'Use the field that holds the text, e.g. {{ $json.output }}.';
	return inputError(
		'Prompt',
		'must be text, not an object or a list',
		`${take} To send the object itself as JSON, use JSON.stringify in the expression.`,
	);
}

/** An expression returned an object where text was expected. */
export function promptOfObjectError(): KieVeoError {
	return inputError(
		'Prompt',
		'contains [object Object]: an expression in it returns an object',
		'Use the field that holds the text, e.g. {{ $json.output }}, or JSON.stringify in the expression.',
	);
}

export function durationError(value: unknown): KieVeoError {
	return inputError('Duration', `must be 4, 6 or 8 seconds, not ${show(value)}`, CHOOSE);
}

export function seedError(value: unknown): KieVeoError {
	return inputError(
		'Seed',
		`must be a whole number from 10000 to 99999, not ${show(value)}`,
		'Remove the option to let Kie.ai choose a random seed.',
	);
}
