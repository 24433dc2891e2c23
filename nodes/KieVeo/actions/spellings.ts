import { toText } from '../kie/meaning/guards';
import { cleaned, numberIn } from './cleaned';

/* Values as spreadsheets, forms and other clients write them. Only unambiguous ones are accepted. */

/** Other names of values, as {@link plain} writes them, including those the panel shows. */
const OTHER_NAMES = new Map([
	['text', 'TEXT_2_VIDEO'],
	['t2v', 'TEXT_2_VIDEO'],
	['texttovideo', 'TEXT_2_VIDEO'],
	['firstandlastframe2video', 'FIRST_AND_LAST_FRAMES_2_VIDEO'],
	['firstandlastframe', 'FIRST_AND_LAST_FRAMES_2_VIDEO'],
	['firstandlastframetovideo', 'FIRST_AND_LAST_FRAMES_2_VIDEO'],
	['firstandlastframestovideo', 'FIRST_AND_LAST_FRAMES_2_VIDEO'],
	['firstandlastframes', 'FIRST_AND_LAST_FRAMES_2_VIDEO'],
	['reference', 'REFERENCE_2_VIDEO'],
	['referenceimages', 'REFERENCE_2_VIDEO'],
	['referencetovideo', 'REFERENCE_2_VIDEO'],
	['720', '720p'],
	['1080', '1080p'],
	['2160', '4k'],
	['2160p', '4k'],
	['1280x720', '720p'],
	['1920x1080', '1080p'],
	['fullhd', '1080p'],
	['fhd', '1080p'],
	['3840x2160', '4k'],
	['uhd', '4k'],
	['4kuhd', '4k'],
	['portrait', '9:16'],
	['vertical', '9:16'],
	['landscape', '16:9'],
	['horizontal', '16:9'],
	['widescreen', '16:9'],
]);

/**
 * Which value is meant, whatever its case, width and separators.
 *
 * @returns `null` when none is, or it is not clear which
 */
export function chosenOf(values: readonly string[], given: unknown): string | null {
	const text = toText(typeof given === 'number' ? String(given) : given);
	if (text === null) return null;
	const meant = (part: string) => {
		const name = plain(part);
		return values.find((value) => plain(value) === name || value === OTHER_NAMES.get(name));
	};
	// "Portrait (9:16)", "1080p (Full HD)"; but "Portrait (16:9)" is unclear.
	const found = new Set(
		text
			.split(/[()（）]/)
			.map(meant)
			.filter((value) => value !== undefined),
	);
	const [value = null] = found;
	return found.size === 1 ? value : null;
}

/** A name without what people and programs write differently: case, width, separators, quotes, "and". */
export function plain(text: string): string {
	return (
		text
			.normalize('NFKC')
			.toLowerCase()
			.replace(/[\s_\p{Pd}\p{Cf}"'`‘’“”„«»「」]/gu, '')
			.replace('&', 'and')
			// A ratio, also as a sheet writes it that takes it for a time: 09:16:00.
			.replace(/^0*(\d{1,2})[:/x×∶]0*(\d{1,2})(?::00)?$/, '$1:$2')
	);
}

/** Seconds, with or without their unit: 8, "8", "8s", "8 seconds", "8秒". Anything else is `null`. */
export function toSeconds(value: unknown): number | null {
	const text = toText(value);
	if (text === null) return numberIn(value);
	const plainText = cleaned(text).normalize('NFKC');
	return numberIn(plainText.replace(/\s*(?:s|secs?|seconds?|秒)\.?$/i, ''));
}
