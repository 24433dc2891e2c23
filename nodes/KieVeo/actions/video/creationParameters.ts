import type { IExecuteFunctions } from 'n8n-workflow';

import {
	emptyModelError,
	emptyPromptError,
	promptObjectError,
	promptOfObjectError,
	seedError,
} from '../../messages/errors';
import { isJsonObject, toText } from '../../kie/meaning/guards';
import { cleaned, isBlank, numberIn } from '../cleaned';
import { readText } from '../parameters';
import { modelFor } from './models';

/* What generate and extend have in common. All readers throw a KieVeoError that names the parameter. */

/** What the video should show, or how it should continue. */
export function readPrompt(context: IExecuteFunctions, itemIndex: number): string {
	const given: unknown = context.getNodeParameter('prompt', itemIndex, '');
	checkPromptForm(given);
	const prompt = readText('Prompt', given);
	if (prompt === null) throw emptyPromptError();
	return prompt;
}

/** Agents and other nodes pass objects, whose text form is never what was meant. */
function checkPromptForm(value: unknown): void {
	if (Array.isArray(value)) throw promptObjectError([]);
	if (isJsonObject(value)) {
		const texts = Object.entries(value).filter(([, field]) => toText(field) !== null);
		throw promptObjectError(texts.map(([name]) => name));
	}
	if (typeof value === 'string' && value.includes('[object Object]')) throw promptOfObjectError();
}

/** Any name is accepted: Kie adds models before this package knows them. */
export function readModel(
	context: IExecuteFunctions,
	itemIndex: number,
	operation: Parameters<typeof modelFor>[0],
): string {
	const given = readText('Model', context.getNodeParameter('model', itemIndex, ''));
	const model = cleaned(given ?? '');
	if (model === '') throw emptyModelError();
	return modelFor(operation, model);
}

/** Both are omitted when empty. */
export function readSeedAndWatermark(
	context: IExecuteFunctions,
	itemIndex: number,
): { seed?: number; watermark?: string } {
	const options: unknown = context.getNodeParameter('options', itemIndex, {});
	const { seed, watermark }: { [name: string]: unknown } = isJsonObject(options) ? options : {};
	const text = readText('Watermark', watermark);
	return {
		...(isBlank(seed) ? {} : { seed: checkedSeed(seed) }),
		...(text === null ? {} : { watermark: text }),
	};
}

function checkedSeed(value: unknown): number {
	const seed = numberIn(value);
	if (seed === null || !Number.isInteger(seed) || seed < 10_000 || seed > 99_999) {
		throw seedError(value);
	}
	return seed;
}
