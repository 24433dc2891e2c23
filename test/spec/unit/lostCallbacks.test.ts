import type { IWebhookFunctions } from 'n8n-workflow';

import type { SubmittedTask, TaskAnswer } from '../../../nodes/KieVeo/kie/api';
import type { CallingContext, Connection } from '../../../nodes/KieVeo/kie/connection';
import { NO_FILES } from '../../../nodes/KieVeo/kie/meaning/files';
import { askAboutOpen } from '../../../nodes/KieVeo/suspension/ask';
import { beginSuspension, openVideos } from '../../../nodes/KieVeo/suspension/state';
import { Watch } from '../../../nodes/KieVeo/suspension/watch';
import { FakeClock } from './fakeClock';

const VIDEOS = 1_000;
/** Seconds. */
const TIMEOUT = 1_800;
/** Milliseconds that Kie takes for each of the two requests about an upgrade. */
const LATENCY = 1_000;
const NEVER_READY = 20;

it(`${VIDEOS} videos of which no callback comes are asked about before the timeout, once each`, async () => {
	const clock = new FakeClock();
	const questions = new Map<string, number>();
	const order = { operation: 'get4k', status: 'processing', index: 0, code: 200 };
	const taskIds = Array.from({ length: VIDEOS }, (_, at) => String(at));
	const items = taskIds.map((taskId) => ({ json: { ...order, taskId } }));
	const fetchTask = async (video: SubmittedTask): Promise<TaskAnswer> => {
		questions.set(video.taskId, (questions.get(video.taskId) ?? 0) + 1);
		await clock.pause(2 * LATENCY);
		const files = { ...NO_FILES, videoUrls: ['https://file.example/v.mp4'] };
		const kind = Number(video.taskId) < NEVER_READY ? 'processing' : 'success';
		return { meaning: { kind, files }, code: 200, message: '', raw: null, retryAfterMs: null };
	};
	const place = { execution: '1', node: 'Kie.ai', round: 0 };
	const deadline = TIMEOUT * 1_000;
	const suspension = beginSuspension(place, items, { deadline, complete: true });
	const connection = { api: { fetchTask }, clock } as unknown as Connection;
	const call = { context: {} as IWebhookFunctions, connection, suspension };
	const httpRequest = async () => {
		const since = clock.time;
		const asked = await askAboutOpen(call, true);
		expect(clock.time - since).toBeLessThan(90_000);
		return { statusCode: asked === 'cutShort' ? 503 : 200, body: { waiting: true }, headers: {} };
	};
	const watch = new Watch(clock, async () => await clock.pause(1_000));
	watch.begin({ helpers: { httpRequest }, logger: {} } as unknown as CallingContext, suspension, {
		url: 'https://n8n.example/webhook-waiting/1/kie-veo',
		addressKey: Buffer.from('key'),
	});
	while (clock.time < deadline - 1_000) await new Promise((resolve) => setImmediate(resolve));
	expect(openVideos(suspension)).toHaveLength(NEVER_READY);
	const ready = taskIds.slice(NEVER_READY);
	expect(ready.map((taskId) => questions.get(taskId))).toStrictEqual(ready.map(() => 1));
	expect(suspension.awaited.at(-1)?.report?.result.status).toBe('success');
}, 60_000);
