import {
	addressKey,
	readSubmission,
	withSubmission,
} from '../../../nodes/KieVeo/addresses/submission';
import { effectOf } from './faultKinds';
import { FORGED, forge } from './forgeries';
import { Injector } from './injector';
import type { Forgery, PlannedFault, PlannedVideo } from './plan';
import { orderOf } from './workloads';
import { type Simulator, startSimulator } from '../simulator';
import { call } from '../simulator/testing';

const videoWith = (number: number, faults: PlannedFault[] = []): PlannedVideo => ({
	taskId: `veo_task_c1_000${number}`,
	index: 0,
	number,
	ending: 'success',
	callback: 'once',
	scenario: {},
	faults,
	items: 1,
});

describe('a forged callback', () => {
	const [video, other] = [videoWith(1), videoWith(2)];
	const submission = { operation: 'get4k' as const, taskId: video.taskId, index: 0 };
	const own = addressKey('own');
	const address = withSubmission('https://n8n.test/webhook/x?signature=s', submission, own);
	const forged = (kind: Forgery) =>
		forge(kind, { address, video, other, hmacKey: 'hmac', strangersKey: 'stranger' });
	const proofIn = (url: string) => new URL(url).searchParams.get('kieVeo');

	it.each<[Forgery, ReturnType<typeof readSubmission>, string | null, string]>([
		['no proof', null, null, video.taskId],
		['wrong proof', null, 'hmac', video.taskId],
		['proof of another account', null, 'hmac', video.taskId],
		['wrong signature', submission, 'a key of nobody', video.taskId],
		['other video', submission, 'hmac', other.taskId],
		['swapped URLs', submission, 'hmac', video.taskId],
	])('of the kind "%s" is wrong in that and nothing else', (kind, proves, hmacKey, taskId) => {
		const { url, callback } = forged(kind);
		expect(readSubmission(proofIn(url), own)).toEqual(proves);
		expect(callback).toMatchObject({ hmacKey, taskId });
		expect(new URL(url).searchParams.get('signature')).toBe('s');
		expect(JSON.stringify(callback)).toContain(FORGED);
	});

	it('with the proof of another account has a proof that holds there', () => {
		const proof = proofIn(forged('proof of another account').url);
		expect(readSubmission(proof, addressKey('stranger'))).toEqual(submission);
	});
});

describe('planned faults', () => {
	const PATH = '/api/v1/veo/get-4k-video';
	let simulator: Simulator;
	beforeAll(async () => {
		simulator = await startSimulator();
	});
	afterAll(async () => await simulator.close());

	it('hit the requests about their video they were planned for, and are counted', async () => {
		const fault = (kind: PlannedFault['kind'], at: number) => ({
			kind,
			place: 'get4k' as const,
			at,
		});
		const video = videoWith(1, [fault('455 maintenance', 2), fault('429', 0), fault('500', 3)]);
		const injector = new Injector(simulator, 'veo');
		for (const { taskId } of [video, videoWith(2)]) simulator.addVideo({ taskId });
		injector.arm(orderOf(video));
		const codes: unknown[] = [];
		for (let request = 0; request < 5; request++) {
			await call(simulator.apiUrl + PATH, { body: { taskId: videoWith(2).taskId } });
			const { body } = await call(simulator.apiUrl + PATH, { body: { taskId: video.taskId } });
			codes.push((body as { code: unknown }).code);
		}
		expect(codes.map((code) => ([429, 455, 500].includes(Number(code)) ? code : 'passed'))).toEqual(
			[429, 'passed', 455, 500, 'passed'],
		);
		expect([...injector.hits()].sort()).toEqual([
			['get4k: 429', 1],
			['get4k: 455 maintenance', 1],
			['get4k: 500', 1],
		]);
	});

	it('of an upgrade job hit its one order, then the reads of its record', async () => {
		const fault = (kind: PlannedFault['kind'], at: number) => ({
			kind,
			place: 'get4k' as const,
			at,
		});
		const video = videoWith(4, [fault('429', 0), fault('500', 2)]);
		simulator.addVideo({ taskId: video.taskId });
		new Injector(simulator, 'jobs').arm(orderOf(video));
		const input = { task_id: video.taskId, index: 0 };
		const order = async () =>
			(await call(`${simulator.apiUrl}/api/v1/jobs/createTask`, {
				body: { model: 'veo/get-4k-video', input },
			})) as { body: { code: number; data: { taskId: string } } };
		expect((await order()).body.code).toBe(429);
		const { data } = (await order()).body;
		const codes: unknown[] = [];
		for (let read = 0; read < 3; read++) {
			const url = `${simulator.apiUrl}/api/v1/jobs/recordInfo?taskId=${data.taskId}`;
			codes.push(((await call(url)).body as { code: unknown }).code);
		}
		expect(codes).toEqual([200, 500, 200]);
	});

	it('of a generation hit the request with its prompt', async () => {
		const video = videoWith(3, [{ kind: '429', place: 'generate', at: 0 }]);
		new Injector(simulator, 'veo').arm(orderOf(video));
		const generate = async (prompt: string) => {
			const body = { prompt, model: 'veo3_fast' };
			return (await call(`${simulator.apiUrl}/api/v1/veo/generate`, { body })).body;
		};
		expect(await generate(orderOf(video, 1).prompt)).toMatchObject({ code: 200 });
		expect(await generate(orderOf(video).prompt)).toMatchObject({ code: 429 });
	});

	it('can show the base video as record-info does', () => {
		expect(effectOf('base video', 'veo_task_1', 'https://file.test/base.mp4')).toMatchObject({
			body: { data: { successFlag: 1, response: { resultUrls: ['https://file.test/base.mp4'] } } },
		});
	});
});
