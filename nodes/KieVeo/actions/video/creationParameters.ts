import { inputErrors } from '../../messages/input';
import { isJsonObject, toNumber, toText } from '../../values';
import { isBlank, readText, type Item } from '../parameters';

/* What every new video is made from. All readers throw a KieVeoError that names the parameter. */

/** What the video should show, or how it should continue. */
export function readPrompt(item: Item): string {
	const given = item.given('prompt');
	// Agents and other nodes pass objects, whose text form is never what was meant.
	if (Array.isArray(given)) throw inputErrors.promptObject([]);
	if (isJsonObject(given)) {
		throw inputErrors.promptObject(Object.keys(given).filter((name) => toText(given[name])));
	}
	const prompt = readText('Prompt', given);
	if (prompt === null) throw inputErrors.emptyPrompt();
	if (prompt.includes('[object Object]')) throw inputErrors.promptOfObject();
	return prompt;
}

/** What the API calls the tiers of Veo 3.1 in each operation. The default first. */
const TIERS = [
	{ generate: 'veo3_fast', extend: 'fast' },
	{ generate: 'veo3_lite', extend: 'lite' },
	{ generate: 'veo3', extend: 'quality' },
] as const;

/**
 * The model under the name the operation uses. n8n keeps the value when the user changes the operation, so the
 * other operation's names are recognized too. Any other name is passed through: Kie adds models before this
 * package knows them.
 */
export function readModel(item: Item, operation: keyof (typeof TIERS)[number]): string {
	const given = readText('Model', item.given('model'));
	if (given === null) return TIERS[0][operation];
	const name = given.toLowerCase();
	const tier = TIERS.find(({ generate, extend }) => name === generate || name === extend);
	return tier?.[operation] ?? given;
}

/** Both are omitted when empty. */
export function readSeedAndWatermark({ options: { seed, watermark } }: Item) {
	const text = readText('Watermark', watermark);
	return {
		...(isBlank(seed) ? {} : { seed: checkedSeed(seed) }),
		...(text === null ? {} : { watermark: text }),
	};
}

function checkedSeed(value: unknown): number {
	const seed = toNumber(value);
	if (seed === null || !Number.isInteger(seed) || seed < 10_000 || seed > 99_999) {
		throw inputErrors.seed(value);
	}
	return seed;
}
