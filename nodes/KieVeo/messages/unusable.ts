import { KieVeoError, type FileSubject } from './errors';

/* Values of another form than the one that can be used. Raised before any request is sent. */

/** @param fault what the list of images holds; never the data URL itself, which has megabytes */
export function dataUrlError(fault: string): KieVeoError {
	return new KieVeoError(`'Image URLs' holds ${fault}`, {
		description:
			"Set 'Image Source' to Binary and give the images in binary fields (the node Convert to File makes one from base64).",
	});
}

/** @param fields of the object that hold text */
export function promptObjectError(fields: string[]): KieVeoError {
	const [field, ...others] = fields;
	const take =
		field !== undefined && others.length === 0 && /^\w{1,50}$/.test(field)
			? `Use its field '${field}', e.g. {{ $json.${field} }}.`
			: 'Use the field that holds the text, e.g. {{ $json.output }}.';
	return new KieVeoError("'Prompt' must be text, not an object or a list", {
		description: `${take} To send the object itself as JSON, use JSON.stringify in the expression.`,
	});
}

/** An expression put an object where its text was meant. */
export function promptOfObjectError(): KieVeoError {
	return new KieVeoError("'Prompt' contains [object Object]: an expression in it gives an object", {
		description:
			'Use the field that holds the text, e.g. {{ $json.output }}, or JSON.stringify in the expression.',
	});
}

/** @param count addresses in the list */
export function urlListError(count: number): KieVeoError {
	return new KieVeoError(`'URL' is a list of ${count} addresses, but takes one`, {
		description:
			'Take one of them, e.g. {{ $json.videoUrls[0] }}, or put the node Split Out before this one.',
	});
}

export function urlFormError(): KieVeoError {
	return new KieVeoError("'URL' is not text", {
		description: 'Enter a result URL of Kie.ai, e.g. {{ $json.videoUrl }} from an earlier node.',
	});
}

export function emptyApiKeyError(): KieVeoError {
	return new KieVeoError("'API Key' of the Kie.ai Veo API credential is empty", {
		description: 'Copy the key from https://kie.ai/api-key. Nothing was sent.',
	});
}

/** @param character the first one that an HTTP header cannot hold */
export function apiKeyError(character: string): KieVeoError {
	const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
	return new KieVeoError(
		`'API Key' of the Kie.ai Veo API credential contains a character that no key has: U+${code}`,
		{
			description:
				'It may look like an ordinary letter. Copy the key again from https://kie.ai/api-key. Nothing was sent.',
		},
	);
}

/** @param status HTTP, of the file host */
export function foreignLinkError({ url }: FileSubject, status: number): KieVeoError {
	const { host } = new URL(url);
	return new KieVeoError(
		`The file at ${host} could not be downloaded: the file host answered ${status}, and a link that is not Kie.ai's cannot be renewed`,
		{
			description:
				'Get a new link where this one came from. Kie.ai was not asked: only links to its own file hosts are shown to it.',
		},
	);
}
