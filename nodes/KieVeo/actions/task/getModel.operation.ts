import type { IDataObject } from 'n8n-workflow';

import { modelErrors } from '../../messages/input';
import { itemOperation } from '../itemOperation';
import { fetchModels, modelProperty, readModelId } from './modelInput';

/** What Kie's catalogue says about the model of each item. */
export const getModel = itemOperation({
	fields: [modelProperty],
	begin: async (connection, context) => {
		const models = await fetchModels(context, connection, 'fields');
		const list = await connection.catalogue.fetchList();
		if (!Array.isArray(list)) throw modelErrors.modelList(list, '');
		return (item) => {
			const modelId = readModelId(item);
			const known = models.get(modelId) ?? { kind: 'unlisted' };
			// Without published fields there is still a price.
			if (known.kind !== 'job' && known.kind !== 'noSchema')
				throw modelErrors.unusableModel(modelId, known, '');
			const listed = list.find(({ id }) => id === modelId);
			const { title = null, provider = null, price = null } = listed ?? {};
			const fields = known.kind === 'job' ? known.fields : [];
			const json = { modelId, title, provider, price, fields } as unknown as IDataObject;
			return { run: async () => ({ json }) };
		};
	},
});
