import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	IWebhookFunctions,
} from 'n8n-workflow';

import type { SubmittedVideo } from '../kie/api';
import { toNumber, toText } from '../kie/meaning/guards';
import { PERHAPS_REORDERED } from '../messages/values';
import { givesVideo } from '../operations';
import { nodeData } from './round';
import { videoKey, type Suspension } from './suspension';

/*
 * What n8n stores while an execution is suspended: the items as the node would have returned them. Anyone who
 * reads them early sees the truth at that time; if nothing resumes the execution, they are output as they are.
 */

/** The name in the node's context, which only expressions can see. */
const DEADLINE = 'kieVeoDeadline';

/**
 * Stores the items as this node's data, and the end of the waiting time.
 *
 * @param deadline milliseconds since the epoch
 */
export function store(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	deadline: number,
): void {
	context.getContext('node')[DEADLINE] = deadline;
	// A new array: changing the input items would change the output of the node before this one. And a
	// copy: with an error output n8n removes the items one by one from the array this node returns.
	context.getExecuteData().data.main = [[...items]];
}

export function storedItems(context: IWebhookFunctions): INodeExecutionData[] {
	return context.evaluateExpression('{{ $input.all() }}', 0) as INodeExecutionData[];
}

/** @returns milliseconds since the epoch; `null` if an older version of this package suspended it */
export function storedDeadline(context: IWebhookFunctions): number | null {
	return toNumber(nodeData(context, `context.${DEADLINE}`));
}

/** An item whose video was not finished when the execution was suspended. */
export function isPending({ json }: INodeExecutionData): boolean {
	return json.status === 'processing';
}

/** What was stored about a video; `null` for anything this node has not stored. */
export function videoOf({ json }: INodeExecutionData): SubmittedVideo | null {
	const { operation, index } = json;
	if (!givesVideo(operation)) return null;
	return {
		operation,
		taskId: String(json.taskId),
		kieTaskId: toText(json.kieTaskId),
		index: typeof index === 'number' ? index : null,
		codes: [toNumber(json.code)],
	};
}

/** Whether the video was already being made when it was submitted: Kie does not report it here then. */
export function isUnreported({ codes }: Pick<SubmittedVideo, 'codes'>): boolean {
	return codes[0] !== 200;
}

/** The videos without a callback, each once, in the order of their items. */
export function openVideos(
	stored: INodeExecutionData[],
	{ reports }: Pick<Suspension, 'reports'>,
): SubmittedVideo[] {
	const pending = stored.filter(isPending).flatMap((item) => videoOf(item) ?? []);
	const byKey = new Map(pending.map((video) => [videoKey(video), video]));
	return [...byKey.values()].filter((video) => !reports.has(videoKey(video)));
}

/** The node's output: what was reported, and what was finished before. The rest has run out of time. */
export function toOutput(
	stored: INodeExecutionData[],
	{ reports, perhapsReordered }: Pick<Suspension, 'reports' | 'perhapsReordered'>,
	simplify: boolean,
): INodeExecutionData[] {
	return stored.map((item) => {
		if (!isPending(item)) return item;
		const key = videoKey(item.json);
		const report = reports.get(key);
		const json: IDataObject = report
			? ({ ...report.result, ...(simplify ? {} : { raw: report.raw }) } as unknown as IDataObject)
			: { ...item.json, timedOut: true };
		if (perhapsReordered.has(key)) json.message = `${String(json.message)} ${PERHAPS_REORDERED}`;
		return { ...item, json };
	});
}
