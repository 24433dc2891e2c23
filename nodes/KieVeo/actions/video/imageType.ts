import type { IBinaryData } from 'n8n-workflow';

import { toText } from '../../kie/meaning/guards';

/** What an upload says about an image. */
export interface ImageType {
	/** `image/...`, in lower case. */
	mimeType: string;
	/** Without a dot. */
	extension: string;
}

const JPEG: ImageType = { mimeType: 'image/jpeg', extension: 'jpg' };
const PNG: ImageType = { mimeType: 'image/png', extension: 'png' };
const WEBP: ImageType = { mimeType: 'image/webp', extension: 'webp' };

/** The image types Kie accepts, by their usual file extensions. */
const BY_EXTENSION = new Map([
	['jpg', JPEG],
	['jpeg', JPEG],
	['jpe', JPEG],
	['jfif', JPEG],
	['png', PNG],
	['webp', WEBP],
]);

/** How a file name ends, whatever follows: the rest of a URL, Twitter's `:large`, a browser's ` (1)`. */
const ENDING = new RegExp(
	`\\.(${[...BY_EXTENSION.keys()].join('|')})\\s*(?:[?#:;].*|\\(\\d+\\)\\s*)?$`,
	'is',
);

/**
 * Types that say nothing about a file, or are none: those that storage (S3), chats (Telegram), forms and n8n's
 * HTTP Request give to files whose type they do not know.
 */
const GENERIC_TYPE = new RegExp(
	[
		'^[^/]*$',
		'\\*',
		'octet|unknown|binary|download',
		'^text/plain$',
		'^multipart/form-data$',
		'^application/(?:www-form-urlencoded|jpe?g|jpe|png|webp)$',
	].join('|'),
);

/**
 * The type of a file in a binary field. If n8n does not know it, the file name decides.
 *
 * @returns `null` for anything but an image
 */
export function imageTypeOf({
	mimeType,
	fileName,
	fileExtension,
}: Partial<IBinaryData>): ImageType | null {
	const type = (toText(mimeType) ?? '')
		.replace(/["']/g, '')
		.trim()
		.replace(/[;,\s].*$/s, '')
		.toLowerCase()
		.replace('/x-', '/');
	const named = () => typeOfName(fileName) ?? typeOfName(`.${fileExtension}`);
	if (GENERIC_TYPE.test(type)) return named();
	const [, subtype] = /^image\/([\w.+-]+)$/.exec(type) ?? [];
	if (subtype === undefined) return null;
	// "pjpeg" is what old browsers call a progressive JPEG.
	const known = BY_EXTENSION.get(subtype.replace('pjpeg', 'jpeg'));
	return known ?? named() ?? { mimeType: type, extension: subtype.replace(/\W.*$/, '') };
}

function typeOfName(name: string | undefined): ImageType | null {
	const [, extension = ''] = ENDING.exec(name ?? '') ?? [];
	return BY_EXTENSION.get(extension.toLowerCase()) ?? null;
}

/** The type of a file by its first bytes; `null` for anything but an image Kie accepts. */
export function imageTypeOfContent(content: Buffer): ImageType | null {
	const head = content.toString('latin1', 0, 12);
	if (head.startsWith('\xff\xd8\xff')) return JPEG;
	if (head.startsWith('\x89PNG\r\n\x1a\n')) return PNG;
	return /^RIFF.{4}WEBP$/s.test(head) ? WEBP : null;
}
