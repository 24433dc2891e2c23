import { runsOf, type Evidence, type Seen } from './evidence';
import type { PlannedVideo } from './plan';
import { tagsOf } from './workloads';

/** What is known of a video from all executions together. */
export type VideoState = 'success' | 'failed' | 'unknown';

/** Everything downstream nodes got about a video, in executions and from the trigger. */
export function seenOf(evidence: Evidence, video: PlannedVideo): Array<Seen['json']> {
	const tags = tagsOf(video);
	const items = runsOf(evidence, video).flatMap(({ seen }) =>
		seen.filter(({ tag }) => tags.includes(tag)).map(({ json }) => json),
	);
	return [...items, ...eventsOf(evidence, video)];
}

/** What the trigger gave out about a video. */
export function eventsOf({ triggered }: Evidence, video: PlannedVideo): Array<Seen['json']> {
	return triggered.flatMap(({ json }) =>
		json !== null && json.taskId === video.taskId && json.index === video.index ? [json] : [],
	);
}

export function stateOf(evidence: Evidence, video: PlannedVideo): VideoState {
	const seen = seenOf(evidence, video);
	if (seen.some(({ status }) => status === 'success')) return 'success';
	// Kie's own refusal, as polling tells it: nothing is won by asking again.
	const refused = seen.some(
		({ status, error }) => status === 'failed' && String(error).startsWith('Could not get'),
	);
	return refused ? 'failed' : 'unknown';
}
