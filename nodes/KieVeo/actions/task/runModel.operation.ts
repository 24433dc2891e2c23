import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { moreAt, notice } from '../../panel';
import {
	callbackProperties,
	creationWaitModeProperties,
	downloadProperties,
	minimumCreditsOption,
	taskOptionsProperty,
} from '../descriptions';
import type { OrderOperation } from '../orderOperation';
import { fetchModels, inputProperties, modelProperty, readModelInput } from './modelInput';

const POLL_INTERVAL = 10;

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['task'], operation: ['runModel'] } },
	[
		modelProperty,
		...inputProperties,
		...creationWaitModeProperties(
			'How to get the result. A picture takes seconds, a video or a song several minutes.',
		),
		notice(
			'creditsNotice',
			`Each item starts a new task and uses credits. To fetch a task that was started earlier, use Get Task with its task ID. ${moreAt('costs-and-repeats')}`,
		),
		...callbackProperties,
		...downloadProperties,
		taskOptionsProperty(POLL_INTERVAL, [minimumCreditsOption]),
	],
);

export const runModel: OrderOperation = {
	operation: 'runModel',
	defaultPollInterval: POLL_INTERVAL,
	fetchModels,
	readOrder: (context, itemIndex, { callbackFor, models }) => {
		const callBackUrl = callbackFor({ operation: 'runModel', taskId: null, index: null });
		const isReported = callBackUrl !== undefined;
		const { hints, refusal, ...order } = readModelInput(context, itemIndex, models, isReported);
		return {
			order: { kind: 'model', operation: 'runModel', ...order, callBackUrl },
			hints,
			refusal,
		};
	},
};
