import type { IExecuteFunctions } from 'n8n-workflow';

import type { Order, UpgradeOrder } from '../../kie/api';
import type { ImageFile } from '../../kie/http/multipart';
import type { Submission } from '../../addresses/submission';
import type { VideoOperationName } from '../../operations';

/** What a video operation adds to the common path of submitting, waiting and emitting. */
export interface VideoOperation {
	operation: VideoOperationName;
	/** Seconds. */
	defaultPollInterval: number;
	/** @throws KieVeoError for a parameter that cannot be used */
	readOrder(context: IExecuteFunctions, itemIndex: number, where: Addresses): OrderReading;
}

export interface OrderReading {
	order: Order;
	/** Ordered instead when Kie refuses for good, while polling. */
	fallback?: UpgradeOrder;
	/** Images of a new video that must be uploaded first. */
	images?: ImageFile[];
}

export interface Addresses {
	/** Of Kie's API: decides whether private addresses can work. */
	baseUrl: string;
	/**
	 * Where Kie should report the end of a submission; `undefined` when nobody wants to know.
	 *
	 * @throws KieVeoError for a parameter that cannot be used
	 */
	callbackFor(about: Pick<Submission, 'operation' | 'taskId' | 'index'>): string | undefined;
}
