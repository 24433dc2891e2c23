import type {
	FieldType,
	ILoadOptionsFunctions,
	INodeListSearchResult,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import type { ListedModel, ModelField } from '../../kie/catalogue';
import { connect } from '../../kie/connection';
import { asError, KieVeoError, toNodeError } from '../../messages/error';
import { limitsOf, modelErrors, NO_MODEL_NOTICE } from '../../messages/input';
import { modelIdIn } from '../parameters';
import { isAsked, isTextList } from './modelInput';

/** What the editor asks while a model is chosen. */
export const methods = {
	listSearch: { searchModels },
	resourceMapping: { getModelFields },
};

async function searchModels(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	try {
		const { catalogue } = await connect(this, undefined);
		const list = await catalogue.fetchList();
		if (!Array.isArray(list)) {
			throw modelErrors.modelList(list, 'A model can also be entered by its ID.');
		}
		const words = filter.toLowerCase().split(/\s+/);
		const results = list
			.filter(({ id, title, provider, isTask }) => {
				const text = `${title} ${id} ${provider}`.toLowerCase();
				return isTask && words.every((word) => text.includes(word));
			})
			.map((model) => ({ name: nameOf(model, list), value: model.id }))
			// Not `localeCompare`, which is slow to start.
			.sort((a, b) => (a.name < b.name ? -1 : 1));
		return { results };
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}

/** One line, cut at its end, is all that the editor shows. Several models can have the same title. */
function nameOf({ id, title, provider, price }: ListedModel, list: ListedModel[]): string {
	const isAlone = !list.some((other) => other.title === title && other.id !== id);
	const [priceLine] = price?.split('\n') ?? [];
	return [title, isAlone ? null : id, provider, priceLine].filter(Boolean).join(' · ');
}

/** Never throws: the editor would show nothing at all. */
async function getModelFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	try {
		const model = modelIdIn(this.getCurrentNodeParameter('modelId'));
		// An expression that the editor could not resolve is still one.
		if (model === null || model.startsWith('=')) {
			return { fields: [], emptyFieldsNotice: NO_MODEL_NOTICE };
		}
		const { catalogue } = await connect(this, undefined);
		const known = await catalogue.fetchModel(model);
		if (known.kind !== 'job') throw modelErrors.unusableModel(model, known);
		return { fields: known.fields.map(toStoredField) };
	} catch (error) {
		const { message } = asError(error);
		const advice = error instanceof KieVeoError ? ` ${error.description}` : '';
		return { fields: [], emptyFieldsNotice: `${message}.${advice}` };
	}
}

/** A field as the editor stores it in the workflow. */
function toStoredField(field: ModelField): ResourceMapperField & { kieType: string | null } {
	const { name, options, required, default: fallback } = field;
	return {
		id: name,
		displayName: labelOf(field),
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		// n8n does not start a workflow in which a required field is empty.
		required: isAsked(field),
		// The user adds the others: n8n would send `false` for each switch.
		removed: !required && name !== 'prompt',
		type: mapperTypeOf(field),
		...(options ? { options: options.map((value) => ({ name: String(value), value })) } : {}),
		// n8n before 1.123 does not know it.
		...(required && isShort(fallback) ? { defaultValue: fallback } : {}),
		// Kie's own: texts and lists of texts are both entered as text.
		kieType: field.type,
	};
}

function mapperTypeOf(field: ModelField): FieldType {
	const { type, options } = field;
	if (options) return 'options';
	if (type === 'number' || type === 'integer') return 'number';
	if (type === 'boolean' || type === 'object') return type;
	// For a list n8n takes only JSON.
	return type === 'array' && !isTextList(field) ? type : 'string';
}

/** Such as "Duration (3-15, default 5)": the editor has no other place for limits and a default. */
function labelOf(field: ModelField): string {
	const { name, type, deprecated, default: fallback } = field;
	const facts = [
		deprecated ? 'deprecated' : '',
		limitsOf(field) || (type === 'array' ? 'list' : ''),
		isShort(fallback) ? `default ${fallback}` : '',
	].filter(Boolean);
	const label = name
		.replace(/_/g, ' ')
		.replace(/\b(?:cfg|id|nsfw|url)(?=s?\b)/g, (word) => word.toUpperCase())
		.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
	return facts.length > 0 ? `${label} (${facts.join(', ')})` : label;
}

/** Whether a default has a place in a label. */
function isShort(value: unknown): value is string | number | boolean {
	if (typeof value === 'string') return value !== '' && value.length <= 40;
	return typeof value === 'number' || typeof value === 'boolean';
}
