import type { IExecuteFunctions } from 'n8n-workflow';

import type { VideoRequest } from '../../kie/videoRequest';
import type { Submission } from '../../kie/address';
import type { RequestedOperation } from '../../kie/meaning/videoResult';

/** What an operation on a video adds to the common way of submitting, waiting and emitting. */
export interface VideoOperation {
	operation: RequestedOperation;
	/** Seconds. */
	defaultPollInterval: number;
	/** Whether Kie reports the end of it to an address. */
	callsBack: boolean;
	/** Whether each item starts, and pays for, a video of its own. */
	creates: boolean;
	/** Whether it offers to download the video as well. */
	downloads: boolean;
	/** @throws KieVeoError for a parameter that cannot be used */
	readRequest(context: IExecuteFunctions, itemIndex: number, where: Addresses): VideoRequest;
}

export interface Addresses {
	/** Of Kie's API: decides whether private addresses can work at all. */
	baseUrl: string;
	/**
	 * Where Kie is to report the end of a submission; `undefined` when nobody wants to know.
	 *
	 * @throws KieVeoError for a parameter that cannot be used
	 */
	callbackFor(about: Pick<Submission, 'operation' | 'taskId' | 'index'>): string | undefined;
}
