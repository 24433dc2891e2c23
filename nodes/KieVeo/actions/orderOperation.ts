import type { IExecuteFunctions } from 'n8n-workflow';

import type { Order, UpgradeOrder } from '../kie/api';
import type { CataloguedModel } from '../kie/catalogue/catalogue';
import type { Connection } from '../kie/connection';
import type { UploadFile } from '../kie/http/multipart';
import type { KieVeoError } from '../messages/error';
import type { Submission } from '../addresses/submission';
import type { TaskOperation } from '../operations';

/** What an operation that orders something adds to the common path of submitting, waiting and emitting. */
export interface OrderOperation {
	operation: TaskOperation;
	/** Seconds. */
	defaultPollInterval: number;
	/** @throws KieVeoError for a parameter that cannot be used */
	readOrder(context: IExecuteFunctions, itemIndex: number, known: Known): OrderReading;
	/** Asks the catalogue about the models of all items, before they are read. */
	fetchModels?(context: IExecuteFunctions, connection: Connection): Promise<Models>;
}

interface OrderReading {
	order: Order;
	/** Ordered instead when Kie refuses for good, while polling. */
	fallback?: UpgradeOrder;
	/** Images of a new video that must be uploaded first. */
	images?: UploadFile[];
	/** What the user should know about it. */
	hints?: string[];
	/** Why it cannot be ordered: raised unless an earlier run of this execution has ordered it. */
	refusal?: KieVeoError;
}

export type Models = ReadonlyMap<string, CataloguedModel>;

/** What is known before an item is read. */
export interface Known {
	/** By ID, where the operation asks for them. */
	models: Models;
	/** Of Kie's API: decides whether private addresses can work. */
	baseUrl: string;
	/**
	 * Where Kie should report the end of a submission; `undefined` when nobody wants to know.
	 *
	 * @throws KieVeoError for a parameter that cannot be used
	 */
	callbackFor(about: Pick<Submission, 'operation' | 'taskId' | 'index'>): string | undefined;
}
