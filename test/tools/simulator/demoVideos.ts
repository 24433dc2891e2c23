import type { AddVideo } from './world';

/** About a tenth of what Kie takes: long enough to be seen waiting, short enough to be shown. */
export const DEMO_TIMINGS = {
	generate: 4000,
	extend: 4000,
	upgrade1080p: 3000,
	upgrade4k: 5000,
	runModel: 3000,
};

/** Finished videos with stable ids, and one whose 4K version is refused. */
export const DEMO_VIDEOS: AddVideo[] = [
	...[1, 2, 3, 4, 5].map((number) => ({ taskId: `veo_task_demo_${number}` })),
	{ taskId: 'veo_task_demo_no4k', upgrade4k: { outcome: 'refused' } },
];
