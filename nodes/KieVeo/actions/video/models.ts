import { plain } from '../spellings';

/** A tier of Veo 3.1. The API names it differently in each operation. */
interface Tier {
	generate: string;
	extend: string;
	/** In the panel. */
	label: string;
}

const TIERS: Tier[] = [
	{ generate: 'veo3_fast', extend: 'fast', label: 'Veo 3.1 Fast' },
	{ generate: 'veo3_lite', extend: 'lite', label: 'Veo 3.1 Lite' },
	{ generate: 'veo3', extend: 'quality', label: 'Veo 3.1 Quality' },
];

/**
 * The model under the name an operation uses. n8n keeps the value when the user changes the operation, so the
 * other operation's names are recognized too. An unknown name is passed through: Kie adds models
 * before this package knows them, and "veo3.1-fast" may be one.
 */
export function modelFor(operation: Exclude<keyof Tier, 'label'>, given: string): string {
	// "veo3_fast (default)", "Veo 3.1 Quality (veo3)".
	const parts = given.split(/[()（）]/);
	const isName = (name: string) => parts.some((part) => plain(part) === plain(name));
	const isLabel = (label: string) => parts.some((part) => spoken(part) === spoken(label));
	const tiers = TIERS.filter(
		({ generate, extend, label }) => isName(generate) || isName(extend) || isLabel(label),
	);
	const [tier] = tiers;
	return tiers.length === 1 && tier ? tier[operation] : given;
}

function spoken(text: string): string {
	return text.normalize('NFKC').trim().toLowerCase();
}
