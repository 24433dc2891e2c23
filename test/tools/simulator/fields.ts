import { TEXTS } from './kieTexts';
import { isObject } from './scenario';

/** Whether a value is one that a field may have. */
type Check = (value: unknown) => boolean;

/** The fields of a request. */
export interface Fields {
	required?: Record<string, Check>;
	optional?: Record<string, Check>;
}

export const text: Check = (value) => typeof value === 'string';
export const filled: Check = (value) => typeof value === 'string' && value.trim() !== '';
export const boolean: Check = (value) => typeof value === 'boolean';
export const digits: Check = (value) => typeof value === 'string' && /^\d+$/.test(value);

export const url: Check = (value) =>
	typeof value === 'string' && URL.canParse(value) && /^https?:/i.test(value);

export const integer =
	(min: number, max = Infinity): Check =>
	(value) =>
		Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;

export const oneOf =
	(...allowed: unknown[]): Check =>
	(value) =>
		allowed.includes(value);

export const listOf =
	(item: Check, max: number): Check =>
	(value) =>
		Array.isArray(value) && value.length > 0 && value.length <= max && value.every(item);

/* Values that both APIs take. */
export const SEEDS = integer(10_000, 99_999);
export const RATIO = oneOf('16:9', '9:16', 'Auto');
export const MODE = oneOf('TEXT_2_VIDEO', 'FIRST_AND_LAST_FRAMES_2_VIDEO', 'REFERENCE_2_VIDEO');
export const RESOLUTION = oneOf('720p', '1080p', '4k');
export const DURATION = oneOf(4, 6, 8);

/** What is wrong with the fields of a request: one that is missing, or has no value it may have. */
export function faultOf(
	values: unknown,
	{ required = {}, optional = {} }: Fields,
): string | undefined {
	if (!isObject(values)) return 'The request body must be a JSON object';
	for (const [name, check] of Object.entries({ ...required, ...optional })) {
		const value = values[name];
		if (value === undefined && name in required) return TEXTS.missing + name;
		if (value !== undefined && !check(value)) return `Wrong parameter: ${name}`;
	}
	return undefined;
}

/** The message about a field that there is not. */
export function unknownField(
	values: Record<string, unknown>,
	{ required, optional }: Fields,
): string | undefined {
	const known = { ...required, ...optional };
	const unknown = Object.keys(values).find((name) => !Object.hasOwn(known, name));
	return unknown === undefined ? undefined : `Unknown parameter: ${unknown}`;
}
