/** Says what is wrong with a value, in a sentence that starts with its name. */
export type Check = (value: unknown, name: string) => string | undefined;

export interface Field {
	check: Check;
	required: boolean;
}

export type Shape = Record<string, Field>;

export const required = (check: Check): Field => ({ check, required: true });
export const optional = (check: Check): Field => ({ check, required: false });

export const text: Check = (value, name) =>
	typeof value === 'string' ? undefined : `${name} must be a string`;

export const filledText: Check = (value, name) =>
	typeof value === 'string' && value.trim() !== '' ? undefined : `${name} must not be empty`;

export const boolean: Check = (value, name) =>
	typeof value === 'boolean' ? undefined : `${name} must be a boolean`;

export const anything: Check = () => undefined;

export const number: Check = (value, name) =>
	typeof value === 'number' && Number.isFinite(value) ? undefined : `${name} must be a number`;

export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Check {
	const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
	return (value, name) =>
		Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max
			? undefined
			: `${name} must be an integer of ${range}`;
}

export function oneOf(...allowed: Array<string | number | null>): Check {
	return (value, name) =>
		allowed.some((one) => one === value)
			? undefined
			: `${name} must be one of ${allowed.join(', ')}`;
}

export const httpUrl: Check = (value, name) => {
	const problem = `${name} must be an http or https URL`;
	if (typeof value !== 'string' || !URL.canParse(value)) return problem;
	return ['http:', 'https:'].includes(new URL(value).protocol) ? undefined : problem;
};

export function listOf(item: Check, min = 0, max = Number.MAX_SAFE_INTEGER): Check {
	return (value, name) => {
		if (!Array.isArray(value)) return `${name} must be an array`;
		if (value.length < min || value.length > max) {
			return `${name} must have ${min} to ${max} entries`;
		}
		for (const [at, entry] of value.entries()) {
			const problem = item(entry, `${name}[${at}]`);
			if (problem !== undefined) return problem;
		}
		return undefined;
	};
}

export function either(...checks: Check[]): Check {
	return (value, name) => {
		const problems = checks.map((check) => check(value, name));
		return problems.includes(undefined) ? undefined : problems.join(', or ');
	};
}

/** Every field known, every required one there, every value of its type. */
export function object(shape: Shape): Check {
	return (value, name) => {
		if (!isPlainObject(value)) return `${name} must be an object`;
		const prefix = name === '' ? '' : `${name}.`;
		for (const key of Object.keys(value)) {
			if (!Object.hasOwn(shape, key)) return `Unknown parameter: ${prefix}${key}`;
		}
		for (const [key, field] of Object.entries(shape)) {
			const entry = value[key];
			if (entry === undefined) {
				if (field.required) return `Missing required parameter: ${prefix}${key}`;
				continue;
			}
			const problem = field.check(entry, `${prefix}${key}`);
			if (problem !== undefined) return problem;
		}
		return undefined;
	};
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
