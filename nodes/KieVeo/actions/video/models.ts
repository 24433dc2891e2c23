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
 * before this package knows them.
 */
export function modelFor(operation: Exclude<keyof Tier, 'label'>, given: string): string {
	const plain = (name: string) => name.toLowerCase().replace(/[\s_"']/g, '');
	const isGiven = (name: string) => plain(name) === plain(given);
	const tier = TIERS.find(({ generate, extend, label }) => [generate, extend, label].some(isGiven));
	return tier?.[operation] ?? given;
}
