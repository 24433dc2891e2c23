import { indexProperty, taskIdProperty } from '../../panel';
import { readVideo } from '../parameters';
import { taskOperation } from '../taskOperation';

export const get1080p = taskOperation({
	operation: 'get1080p',
	pollInterval: 20,
	fields: [taskIdProperty, indexProperty],
	immediately: 'Start the upgrade and continue, whether or not the video is ready',
	waiting:
		"How to get the result. Kie.ai takes 1 to 3 minutes for 1080P. It sends a callback only with 'Unified Jobs API' in the credential.",
	costs:
		'A 1080P upgrade costs a few credits, and Kie.ai cannot extend the video afterwards. Kie.ai does not document whether it charges again when you run it again (Unified Jobs API: it does).',
	readOrder: (item, { callbackFor }) => {
		const video = readVideo(item);
		const callBackUrl = callbackFor(video);
		return { order: { kind: 'upgrade', operation: 'get1080p', ...video, callBackUrl } };
	},
});
