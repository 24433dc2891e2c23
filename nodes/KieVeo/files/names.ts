import { toText } from '../values';

/** Types of the files Kie makes, with their usual extension. The first is the default. */
const EXTENSIONS = new Map([
	['video/mp4', 'mp4'],
	['video/webm', 'webm'],
	['video/quicktime', 'mov'],
	['image/jpeg', 'jpg'],
	['image/png', 'png'],
	['image/webp', 'webp'],
	['audio/mpeg', 'mp3'],
	['audio/wav', 'wav'],
	['audio/x-wav', 'wav'],
]);

/**
 * The type of a file by the answer's header, otherwise by its address, otherwise MP4.
 *
 * @returns `null` for text: an error page, not the file
 */
export function mimeTypeOf(contentType: unknown, url: string): string | null {
	const type = (toText(contentType) ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
	if (/^text\/|^application\/(json|xml|xhtml\+xml)$/.test(type)) return null;
	if (/^[\w.+-]+\/[\w.+-]+$/.test(type) && !/octet-stream/.test(type)) return type;
	const extension = endingOf(url);
	const known = [...EXTENSIONS].find(([, ending]) => ending === extension);
	return known?.[0] ?? (extension === null ? 'video/mp4' : 'application/octet-stream');
}

function endingOf(url: string): string | null {
	return /\.(\w{1,5})$/.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? null;
}

/** @returns without a dot */
export function extensionOf(mimeType: string, url: string): string {
	return (
		EXTENSIONS.get(mimeType) ??
		endingOf(url) ??
		mimeType.replace(/^.*\//, '').replace(/[^a-z0-9]/gi, '')
	);
}

/** A name that every file system accepts, from parts such as task id, index and resolution. */
export function fileNameOf(...parts: Array<string | number | null>): string {
	const name = parts.filter((part) => part !== null).join('-');
	return (
		name
			.replace(/[^\w.-]+/g, '_')
			.replace(/^\.+/, '')
			.slice(0, 120) || 'video'
	);
}

/** The name at the end of a URL, without its extension. */
export function fileNameOfUrl(url: string): string {
	const last = new URL(url).pathname.split('/').pop() ?? '';
	return fileNameOf(last.replace(/\.\w{1,5}$/, ''));
}
