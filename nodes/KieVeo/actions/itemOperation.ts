import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { Connection } from '../kie/connection';
import { connectRun, runItems, type Work } from '../run/itemRun';
import { failedAsGiven, Item } from './parameters';

/** What a user selects as 'Operation': its fields, and what it does. */
export interface Action {
	fields: INodeProperties[];
	execute(context: IExecuteFunctions): Promise<INodeExecutionData[]>;
}

/** What an item asks for. */
interface Job {
	run(): Promise<INodeExecutionData>;
	/** What the item says if that fails. */
	known?: IDataObject;
	/** Set by `run`. */
	made?: INodeExecutionData;
}

/** An operation that does something for each item by itself, and has its result at once. */
export function itemOperation({
	fields,
	begin,
}: {
	fields: INodeProperties[];
	/** Returns what reads an item, and throws a KieVeoError for a parameter that cannot be used. */
	begin(connection: Connection, context: IExecuteFunctions): Promise<(item: Item) => Job>;
}): Action {
	return {
		fields,
		execute: async (context) => {
			const { connection, failFast } = await connectRun(context);
			const read = await begin(connection, context);
			const { items } = await runItems<Work & Job>(context, failFast, {
				read: (index) => {
					const item = new Item(context, index);
					const work: Work & Job = { items: [], ...read(item) };
					return {
						work,
						toItem: () => work.made ?? { json: {} },
						errorFields: () => ({ ...failedAsGiven(item), ...work.known }),
					};
				},
				phases: [async (work) => void (work.made = await work.run())],
				asGiven: (index) => failedAsGiven(new Item(context, index)),
			});
			return items;
		},
	};
}
