import type { IExecuteFunctions } from 'n8n-workflow';

import { emptyModelError, emptyPromptError, seedError } from '../../messages/errors';
import { isJsonObject, toNumber } from '../../kie/meaning/guards';
import { readText } from '../parameters';

/* What generate and extend have in common. All readers throw a KieVeoError that names the parameter. */

/** What the video is to show, or how it is to go on. */
export function readPrompt(context: IExecuteFunctions, itemIndex: number): string {
	const prompt = readText('Prompt', context.getNodeParameter('prompt', itemIndex, ''));
	if (prompt === null) throw emptyPromptError();
	return prompt;
}

/** Any name passes: Kie adds models before this package knows them. */
export function readModel(context: IExecuteFunctions, itemIndex: number): string {
	const model = readText('Model', context.getNodeParameter('model', itemIndex, ''));
	if (model === null) throw emptyModelError();
	return model;
}

/** Both are left out when empty. */
export function readSeedAndWatermark(
	context: IExecuteFunctions,
	itemIndex: number,
): { seed?: number; watermark?: string } {
	const options: unknown = context.getNodeParameter('options', itemIndex, {});
	const { seed, watermark }: { [name: string]: unknown } = isJsonObject(options) ? options : {};
	const text = readText('Watermark', watermark);
	return {
		...(seed === undefined || seed === null || seed === '' ? {} : { seed: checkedSeed(seed) }),
		...(text === null ? {} : { watermark: text }),
	};
}

function checkedSeed(value: unknown): number {
	const seed = toNumber(value);
	if (seed === null || !Number.isInteger(seed) || seed < 10_000 || seed > 99_999) {
		throw seedError(value);
	}
	return seed;
}
