import { isJsonObject } from '../../../nodes/KieVeo/values';
import { TEXTS } from './kieTexts';

/** Whether a field may have this value; `undefined` where it is missing. */
type Check = (value: unknown) => boolean;
export type Fields = Record<string, Check>;

export const filled: Check = (value) => typeof value === 'string' && value.trim() !== '';
export const url: Check = (value) =>
	typeof value === 'string' && URL.canParse(value) && /^https?:/i.test(value);

const optional =
	(check: Check): Check =>
	(value) =>
		value === undefined || check(value);
const oneOf = (...allowed: unknown[]) => optional((value) => allowed.includes(value));
const integer = (min: number, max = Infinity) =>
	optional((value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max);

export const text = optional((value) => typeof value === 'string');
export const name = optional(filled);
export const boolean = oneOf(true, false);
export const callBackUrl = optional(url);
export const index = integer(0);
export const indexText = optional((value) => typeof value === 'string' && /^\d+$/.test(value));
export const seeds = integer(10_000, 99_999);
export const ratio = oneOf('16:9', '9:16', 'Auto');
export const mode = oneOf('TEXT_2_VIDEO', 'FIRST_AND_LAST_FRAMES_2_VIDEO', 'REFERENCE_2_VIDEO');
export const resolution = oneOf('720p', '1080p', '4k');
export const duration = oneOf(4, 6, 8);
export const tier = oneOf('fast', 'quality', 'lite');
export const images = optional(
	(value) => Array.isArray(value) && value.length > 0 && value.length <= 3 && value.every(url),
);

/** What is wrong with the fields of a request: one that is missing, or has no value it may have. */
export function faultOf(values: unknown, fields: Fields): string | undefined {
	if (!isJsonObject(values)) return 'The request body must be a JSON object';
	const [wrong] = Object.entries(fields).find(([key, check]) => !check(values[key])) ?? [];
	if (wrong === undefined) return undefined;
	return values[wrong] === undefined ? TEXTS.missing + wrong : `Wrong parameter: ${wrong}`;
}
