import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { KieVeoError, toNodeError, toRaisedError, unknownOperationError } from '../messages/errors';
import { errorItem } from '../run/items';
import { connect } from '../kie/connection';
import { getCredits } from './account/getCredits.operation';
import { parameterAsGiven } from './parameters';
import { executeVideoOperation } from './video/execute';
import { executeDownload } from './video/download.operation';
import { extend } from './video/extend.operation';
import { generate } from './video/generate.operation';
import { get } from './video/get.operation';
import { get1080p } from './video/get1080p.operation';
import { get4k } from './video/get4k.operation';
import type { VideoOperation } from './video/videoOperation';

// A `Map`, not an object: `operation` is a stored parameter and must not reach `Object.prototype`.
const VIDEO_OPERATIONS = new Map<string, VideoOperation>([
	['get4k', get4k],
	['get1080p', get1080p],
	['get', get],
	['generate', generate],
	['extend', extend],
]);

/** Runs the operation that was picked. Every error it raises names its item and says what to do next. */
export async function router(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		return [await execute(this)];
	} catch (error) {
		const node = this.getNode();
		if (!(error instanceof KieVeoError) || !this.continueOnFail()) throw toRaisedError(node, error);
		// Not of one item, so of all: found before the first one was read, or about the account.
		const toErrorOutput = node.onError === 'continueErrorOutput';
		const items = this.getInputData().map((_, item) =>
			errorItem(toNodeError(node, error), item, fieldsAsGiven(this, item), toErrorOutput),
		);
		return [items];
	}
}

async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const resource = context.getNodeParameter('resource', 0) as string;
	const operation = context.getNodeParameter('operation', 0) as string;

	const videoOperation = resource === 'video' ? VIDEO_OPERATIONS.get(operation) : undefined;
	if (videoOperation) return await executeVideoOperation(context, videoOperation);
	if (resource === 'video' && operation === 'download') return await executeDownload(context);
	if (resource === 'account' && operation === 'getCredits') return await executeGetCredits(context);

	throw unknownOperationError(operation);
}

/** What an item says besides an error that kept it from being read. */
function fieldsAsGiven(context: IExecuteFunctions, item: number): IDataObject {
	if (parameterAsGiven(context, 'resource', item) === 'account') return {};
	const operation = parameterAsGiven(context, 'operation', item);
	const about = operation === 'download' ? ['url'] : ['taskId', 'index'];
	const given = about.map((name) => [name, parameterAsGiven(context, name, item)]);
	return { ...Object.fromEntries(given), operation, status: 'failed' } as IDataObject;
}

/** The balance is one fact of the account: it is read once and given to every item. */
async function executeGetCredits(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const json = await getCredits(await connect(context, context.getExecutionCancelSignal()));
	return context.getInputData().map((_, item) => ({ json: { ...json }, pairedItem: { item } }));
}
