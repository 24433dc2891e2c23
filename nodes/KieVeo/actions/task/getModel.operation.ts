import {
	updateDisplayOptions,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';

import { connect } from '../../kie/connection';
import { modelErrors } from '../../messages/model';
import { runItems, stopSignals, type Work } from '../../run/itemRun';
import { parameterAsGiven } from '../parameters';
import { fetchModels, modelIdIn, modelProperty, readModelId } from './modelInput';

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['task'], operation: ['getModel'] } },
	[modelProperty],
);

/** What Kie's catalogue says about the model of each item. */
export async function executeGetModel(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const { failFast, signal } = stopSignals(context);
	const connection = await connect(context, signal);
	const models = await fetchModels(context, connection);
	const list = await connection.catalogue.fetchList();
	if (!Array.isArray(list)) throw modelErrors.modelList(list);

	const { items } = await runItems<Work>(context, failFast, {
		read: (item) => {
			const modelId = readModelId(context, item);
			const known = models.get(modelId) ?? { kind: 'unlisted' };
			// Without published fields there is still a price.
			if (known.kind !== 'job' && known.kind !== 'noSchema')
				throw modelErrors.unusableModel(modelId, known);
			const {
				title = null,
				provider = null,
				price = null,
			} = list.find(({ id }) => id === modelId) ?? {};
			const fields = known.kind === 'job' ? known.fields : [];
			const json = { modelId, title, provider, price, fields } as unknown as IDataObject;
			return {
				work: { key: null, submittedTaskId: null },
				toItem: () => ({ json, pairedItem: { item } }),
			};
		},
		phases: [],
		errorFields: (item) => ({
			modelId: modelIdIn(parameterAsGiven(context, 'modelId', item)),
			operation: 'getModel',
			status: 'failed',
		}),
	});
	return items;
}
