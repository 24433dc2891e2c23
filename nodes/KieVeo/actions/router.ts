import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { KieVeoError, toNodeError, toRaisedError } from '../messages/error';
import { inputErrors } from '../messages/input';
import { hasCombinedBinaries } from '../run/executionSettings';
import { errorItem } from '../run/items';
import { operationNamed } from './index';
import { aboutAsGiven, parameterAsGiven } from './parameters';

/** Runs the selected operation. Every error it raises names its item and says what to do next. */
export async function router(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		return [await execute(this)];
	} catch (error) {
		const node = this.getNode();
		if (!(error instanceof KieVeoError) || !this.continueOnFail()) throw toRaisedError(node, error);
		// It belongs to no single item: found before the first one was read, or about the account.
		const toErrorOutput = node.onError === 'continueErrorOutput';
		const items = this.getInputData().map((_, item) =>
			errorItem(toNodeError(node, error), item, fieldsAsGiven(this, item), toErrorOutput),
		);
		return [items];
	}
}

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	if (hasCombinedBinaries(context)) throw inputErrors.combinedBinaries();
	const resource = context.getNodeParameter('resource', 0) as string;
	const operation = context.getNodeParameter('operation', 0) as string;

	const run = operationNamed(resource, operation);
	if (run) return await run(context);
	throw inputErrors.unknownOperation(operation);
}

/** What an item says besides the error that kept it from being read. */
function fieldsAsGiven(context: IExecuteFunctions, item: number): IDataObject {
	if (parameterAsGiven(context, 'resource', item) === 'account') return {};
	const operation = parameterAsGiven(context, 'operation', item);
	return { ...aboutAsGiven(context, item), operation, status: 'failed' };
}
