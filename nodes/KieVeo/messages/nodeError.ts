import {
	ExpressionError,
	NodeApiError,
	NodeOperationError,
	type INode,
	type JsonObject as NodeJsonObject,
} from 'n8n-workflow';

import { KieVeoError } from './error';

/** Anything thrown, as an error. */
export function asError(error: unknown): Error {
	return error instanceof Error ? error : new Error(String(error));
}

export interface NodeErrorContext {
	itemIndex?: number;
	/** Added to the description, e.g. what else was already submitted. */
	addition?: string;
}

/** The error to raise. n8n's own errors about expressions are left alone: the editor explains them. */
export function toRaisedError(node: INode, error: unknown, where?: NodeErrorContext): Error {
	return error instanceof ExpressionError ? error : toNodeError(node, error, where);
}

/** The error n8n shows, from whatever was thrown. Never carries the request or its headers. */
export function toNodeError(
	node: INode,
	error: unknown,
	{ itemIndex, addition }: NodeErrorContext = {},
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (!(error instanceof KieVeoError)) {
		const { message } = asError(error);
		return new NodeOperationError(node, message, { itemIndex, description: addition });
	}
	const description = addition ? `${error.description} ${addition}` : error.description;
	if (error.kieCode === undefined) {
		return new NodeOperationError(node, error.message, { itemIndex, description });
	}
	const response: NodeJsonObject = { message: error.message, code: error.kieCode };
	return new NodeApiError(node, response, {
		message: capitalise(error.message),
		description,
		httpCode: error.kieCode === null ? undefined : String(error.kieCode),
		itemIndex,
	});
}

function capitalise(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
