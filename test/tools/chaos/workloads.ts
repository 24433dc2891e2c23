import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { AFTER, chain, connect, ITEMS, KIE } from '../../spec/e2e/workflows';
import type { CredentialReference, WorkflowDefinition } from '../n8n/client';
import { OPERATIONS, type BatchSettings, type PlannedVideo } from './plan';

/** A video as a batch asks for it. */
export interface Order {
	video: PlannedVideo;
	/** The task to ask for; for a generation, the task it will create. */
	taskId: string;
	/** Of a generation: unlike all other prompts, also those of earlier attempts. */
	prompt: string;
}

/** How often n8n runs a failing node at most. */
export const MOST_TRIES = 4;

/** @param attempt how often it was asked for before */
export function orderOf(video: PlannedVideo, attempt = 0): Order {
	const suffix = attempt === 0 ? '' : `_again${attempt}`;
	return {
		video,
		taskId: `${video.taskId}${suffix}`,
		prompt: `A video of chaos, number #${video.number}.${attempt}#`,
	};
}

/** Names an input item in the output of the last node: number of the video, and which of its items. */
export function tagsOf({ number, items }: PlannedVideo): string[] {
	return Array.from({ length: items }, (_, copy) => `${number}/${copy}`);
}

/** Items -> Kie.ai -> a node that reads the tag of the linked input item, from both outputs. */
export function workflowOf(
	batch: BatchSettings,
	orders: readonly Order[],
	credential: CredentialReference,
	callBackUrl = '',
): WorkflowDefinition {
	const items: IDataObject[] = orders.flatMap(({ video, taskId, prompt }) =>
		tagsOf(video).map((tag) => ({ tag, taskId, index: video.index, prompt })),
	);
	const settings: Partial<INode> = {
		onError: batch.onError,
		...(batch.retry === 'onFail' ? { retryOnFail: true, maxTries: MOST_TRIES } : {}),
	};
	const parameters: INodeParameters = {
		...OPERATIONS[batch.workload],
		index: '={{ $json.index }}',
		prompt: '={{ $json.prompt }}',
		callBackUrl,
		download: batch.download,
		options: {
			timeout: batch.timeout,
			pollInterval: 1,
			onTimeout: batch.onTimeout,
			...(callBackUrl === '' ? {} : { passThrough: '={{ { tag: $json.tag } }}' }),
		},
	};
	const workflow = chain(credential, items, parameters, settings);
	const after = [{ node: AFTER, type: 'main' as const, index: 0 }];
	const hasErrorOutput = batch.onError === 'continueErrorOutput';
	return {
		...workflow,
		name: batch.name,
		connections: {
			...connect(ITEMS, KIE),
			[KIE]: { main: hasErrorOutput ? [after, after] : [after] },
		},
	};
}
