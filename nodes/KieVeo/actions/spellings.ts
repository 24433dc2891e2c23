import { toNumber, toText } from '../kie/meaning/guards';

/* Values as spreadsheets, forms and other clients write them. Only unambiguous ones are accepted. */

/** Other names of values, as {@link plain} writes them, including those the panel shows. */
const OTHER_NAMES = new Map([
	['texttovideo', 'TEXT_2_VIDEO'],
	['firstandlastframetovideo', 'FIRST_AND_LAST_FRAMES_2_VIDEO'],
	['firstandlastframestovideo', 'FIRST_AND_LAST_FRAMES_2_VIDEO'],
	['firstandlastframes', 'FIRST_AND_LAST_FRAMES_2_VIDEO'],
	['referencetovideo', 'REFERENCE_2_VIDEO'],
	['720', '720p'],
	['1080', '1080p'],
	['2160', '4k'],
	['2160p', '4k'],
	['portrait', '9:16'],
	['portrait(9:16)', '9:16'],
	['landscape', '16:9'],
	['widescreen', '16:9'],
	['widescreen(16:9)', '16:9'],
]);

/**
 * Which value is meant, whatever its case, width and separators.
 *
 * @returns `null` when none is, or it is not clear which
 */
export function chosenOf(values: readonly string[], given: unknown): string | null {
	const text = toText(typeof given === 'number' ? String(given) : given);
	if (text === null) return null;
	const name = plain(text);
	const other = OTHER_NAMES.get(name);
	return values.find((value) => plain(value) === name || value === other) ?? null;
}

function plain(text: string): string {
	return (
		text
			.normalize('NFKC')
			.toLowerCase()
			.replace(/[\s_\p{Pd}\p{Cf}"']/gu, '')
			// A ratio, also as a sheet writes it that takes it for a time: 09:16:00.
			.replace(/^0*(\d{1,2})[:/x×∶]0*(\d{1,2})(?::00)?$/, '$1:$2')
	);
}

/** Seconds, with or without their unit: 8, "8", "8s", "8 seconds". Anything else is `null`. */
export function toSeconds(value: unknown): number | null {
	const text = toText(value);
	if (text === null) return toNumber(value);
	return toNumber(text.normalize('NFKC').replace(/\s*(?:s|secs?|seconds?)\.?$/i, ''));
}
