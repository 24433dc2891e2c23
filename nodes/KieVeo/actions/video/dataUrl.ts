import type { ImageFile } from '../../kie/http/multipart';
import { imageTypeOfContent } from './imageType';

/** Bytes. Anything larger belongs in a binary field, which n8n keeps out of memory. */
const LARGEST_IMAGE = 10_000_000;

export function isDataUrl(url: string): boolean {
	return /^data:/i.test(url);
}

/**
 * The image within a data URL. Kie fetches images from addresses, so it must be uploaded.
 *
 * @returns why it cannot be used, without repeating it: a data URL can be megabytes long
 */
export function imageOfDataUrl(url: string): ImageFile | { fault: string } {
	const [, encoded = ''] = /^data:[^,]{0,200};base64,/i.test(url) ? url.split(',', 2) : [];
	// Four base64 characters hold three bytes.
	if (encoded.length > (LARGEST_IMAGE / 3) * 4 + 4) {
		return { fault: `a data URL with more than ${LARGEST_IMAGE / 1_000_000} MB` };
	}
	if (!/^[\w+/=\s-]+$/.test(encoded)) return { fault: 'a data URL that is not base64' };
	const type = imageTypeOfContent(Buffer.from(encoded.slice(0, 100), 'base64'));
	if (type === null) return { fault: 'a data URL without a JPG, PNG or WebP image' };
	return {
		...type,
		identity: encoded,
		open: async () => {
			const content = Buffer.from(encoded, 'base64');
			return { content, size: content.length };
		},
	};
}
