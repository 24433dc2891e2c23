import { inputError, type KieVeoError } from './error';
import { shorten, show } from './values';

/* Images that cannot be used for a new video. */

/** @param fault why Kie cannot fetch it */
export function imageUrlError(url: string, fault: string): KieVeoError {
	return inputError(
		'Image URLs',
		`contains an address that cannot be used: ${shorten(url)} (${fault})`,
		"Kie.ai fetches the image itself, so its address must be public. Otherwise set 'Image Source' to Binary.",
	);
}

/** The data URL itself is not repeated: it can be megabytes long. */
export function dataUrlError(): KieVeoError {
	return inputError(
		'Image URLs',
		'contains a data URL, which is not an address',
		"Set 'Image Source' to Binary and provide the images in binary fields (the Convert to File node creates one from base64). Kie.ai accepts JPG, PNG and WebP.",
	);
}

/** @param present the binary fields that the item has */
export function missingImageError(parameter: string, name: string, present: string[]): KieVeoError {
	return inputError(
		parameter,
		`names the field ${show(name)}, which the item does not have`,
		`Binary fields of this item: ${shorten(present.join(', ')) || 'none'}.`,
	);
}

export function imageTypeError(
	parameter: string,
	name: string,
	mimeType: string | undefined,
): KieVeoError {
	const type = shorten(mimeType ?? '') || 'a file of unknown type';
	return inputError(
		parameter,
		`names the field ${show(name)}, which holds ${type}, not a JPG, PNG or WebP image`,
		'Kie.ai accepts no other types. If n8n does not know the type of the file, its name must end in .jpg, .jpeg, .png or .webp.',
	);
}

export function imageListError(parameter: string, entry: unknown): KieVeoError {
	return inputError(
		parameter,
		`contains ${show(entry)}, which is not text`,
		'Enter text separated by commas, or an expression that returns a list of texts.',
	);
}

/** @param most images that the generation type takes: 2 for frames, 3 for references */
export function imageCountError(parameter: string, most: number, count: number): KieVeoError {
	return inputError(
		parameter,
		`must name 1 to ${most} images for this generation type, not ${count}`,
		most === 2
			? 'The first image is the first frame, the second is the last.'
			: 'The images show what the video should contain.',
	);
}
