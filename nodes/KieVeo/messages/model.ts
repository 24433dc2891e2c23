import type { CataloguedModel, ModelField, Unread } from '../kie/catalogue';
import { KieVeoError, shorten, show } from './error';
import { accountRejectedError } from './task';

const BY_JSON = "With 'Input Mode' JSON, any input is sent.";

/** Shown instead of the fields: the editor cannot resolve every expression. */
export const NO_MODEL_NOTICE =
	'The fields appear once a model is chosen. For a model given by an expression, run the nodes before it first, or set Input Mode to JSON.';

/** @param name of the field at Kie */
const fieldError = (name: string, fault: string) =>
	new KieVeoError(`'${shorten(name)}' ${fault}`, {
		description: `Kie.ai may accept more than its catalogue says. ${BY_JSON} Nothing was sent.`,
	});

const unreadError = (what: string, { rejection, said }: Unread, advice: string) => {
	const { message, description, kieCode } = accountRejectedError(rejection, said);
	// Another way to enter the input does not help with a key that is refused.
	const way = rejection.kind === 'refused' ? '' : ` ${advice}`;
	return new KieVeoError(`${what}. ${message}`, {
		description: `${description}${way}`,
		kieCode,
	});
};

/** What cannot be used for a model. Each is raised before anything is ordered. */
export const modelErrors = {
	emptyModel: () =>
		new KieVeoError("'Model' is empty", { description: 'Choose a model, or enter its ID.' }),
	/** Why the fields of a model are not known. */
	unusableModel: (model: string, known: Exclude<CataloguedModel, { kind: 'job' }>) => {
		const name = shorten(model);
		const error = (message: string, description: string) =>
			new KieVeoError(message, { description });
		switch (known.kind) {
			case 'unlisted':
				return error(
					`Kie.ai does not list the model ${name}`,
					`Check the ID, or choose a model from the list. ${BY_JSON}`,
				);
			case 'noSchema':
				return error(`Kie.ai has not published the fields of ${name}`, BY_JSON);
			case 'otherApi':
				return error(
					known.path === null
						? `${name} is a chat model, which Kie.ai does not run as a task`
						: `Kie.ai does not run ${name} as a task, but at ${shorten(known.path)}`,
					"Use another model, or n8n's HTTP Request node. Nothing was sent.",
				);
			case 'unread':
				return unreadError(`The fields of ${name} could not be read`, known, BY_JSON);
		}
	},
	modelList: (unread: Unread) =>
		unreadError(
			"Kie.ai's list of models could not be read",
			unread,
			'A model can also be entered by its ID.',
		),
	inputJson: (value: unknown) =>
		new KieVeoError(`'Input (JSON)' must be a JSON object, not ${show(value)}`, {
			description:
				'Enter an object such as {"prompt": "A red fox"}, or an expression that returns one.',
		}),
	missingCallback: (model: string) =>
		new KieVeoError(`'Callback URL' is needed for ${shorten(model)}`, {
			description: `Use 'Wait for Callback', or 'Return Immediately' with a callback URL. ${BY_JSON} Nothing was sent.`,
		}),

	/* The value of a field. */
	missingField: ({ name }: ModelField) => fieldError(name, 'is missing'),
	unknownField: (name: string) =>
		fieldError(name, 'is not a field of this model: Kie.ai would ignore it'),
	fieldType: ({ name, type, items }: ModelField, value: unknown) =>
		fieldError(
			name,
			`must be of type ${type}${items?.type ? ` of ${String(items.type)}` : ''}, not ${show(value)}`,
		),
	fieldChoice: ({ name, options }: ModelField, value: unknown) =>
		fieldError(name, `must be one of ${shorten(String(options?.join(', ')))}, not ${show(value)}`),
	fieldLimits: (field: ModelField, size: number) =>
		fieldError(field.name, `must be ${limitsOf(field)}, not ${size}`),

	/* Hints. */
	/** The input is not what Kie's catalogue says, or could not be compared with it. */
	sentUnchecked: (model: string, doubts: readonly KieVeoError[]) =>
		`Sent to ${shorten(model)} unchanged, although ${shorten(doubts.map(({ message }) => message).join('; '), 1_000)}`,
	storedFields: ({ message }: KieVeoError) =>
		`${message}. The input was checked against the fields stored in the workflow.`,
};

/** The limits of a field, such as "3-15" and "at most 8 entries"; empty without any. */
export function limitsOf({ type, minimum, maximum }: ModelField): string {
	const unit = type === 'string' ? ' characters' : type === 'array' ? ' entries' : '';
	if (minimum !== null && minimum === maximum) return `${minimum}${unit}`;
	if (minimum !== null && maximum !== null) return `${minimum}-${maximum}${unit}`;
	if (minimum !== null) return `at least ${minimum}${unit}`;
	return maximum === null ? '' : `at most ${maximum}${unit}`;
}
