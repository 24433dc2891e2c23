import type { IExecuteFunctions } from 'n8n-workflow';

import type { VideoRequest } from '../../completion/videoRequest';
import type { Connection } from '../../transport/connection';
import type { RequestedOperation } from '../../veo/videoResult';
import type { WaitMode } from '../parameters';

/** What an operation on a video adds to the common way of submitting, waiting and emitting. */
export interface VideoOperation {
	operation: RequestedOperation;
	/** Seconds. */
	defaultPollInterval: number;
	/** Whether it offers to download the video as well. */
	downloads: boolean;
	/** @throws KieVeoError for a parameter that cannot be used */
	readRequest(
		context: IExecuteFunctions,
		itemIndex: number,
		waitMode: WaitMode,
		connection: Connection,
		/** Set with `callback`: the address that resumes the execution. */
		resumeAddress: string | undefined,
	): VideoRequest;
}
