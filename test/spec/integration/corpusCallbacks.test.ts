import {
	addressKey,
	withSubmission,
	type Submission,
} from '../../../nodes/KieVeo/addresses/submission';
import { callbackSignature } from '../../tools/simulator';
import { ANSWERS, VIDEO, WHOLE } from '../corpus/answers';
import { CALLBACKS, type CallbackRow } from '../corpus/callbacks';
import { PICTURE, TASK_CALLBACKS, TASKS } from '../corpus/tasks';
import { useAccounts } from './accounts';
import { useFastTime } from './fastTime';
import { runTrigger } from './runNode';
import { useSuspended } from './suspended';

/*
 * Every callback of the corpus, at the address of the trigger and at that of a suspended execution. At the address of a
 * 4K order: unit/callbackCheck and unit/triggerAsk.
 */

useFastTime();

const HMAC_KEY = 'webhook-key';
const HOOK = 'https://n8n.example/webhook/veo';
const RECORDS = ['/api/v1/veo/record-info', '/api/v1/jobs/recordInfo'];
const GET_4K = '/api/v1/veo/get-4k-video';
const bodyOf = (what: string) => ANSWERS.find((row) => row.what === what)?.body;

const kie = useAccounts();
const start = useSuspended();
let calls = 0;

const isAsked = () =>
	kie.simulator.requests().some(({ path }) => RECORDS.includes(path) || path === GET_4K);

/** What a user gets of a callback that tells the outcome. */
const resultOf = (
	{ body, message, code, files = {}, ...row }: CallbackRow,
	outcome = row.outcome,
) => {
	if (outcome === 'unknown') return { status: 'success', videoUrls: [VIDEO] };
	const said = body as { code: number; msg: string };
	const told = { status: outcome, message: message ?? said.msg, code: code ?? said.code };
	if (outcome === 'failed') return { ...told, videoUrls: [] };
	const { videoUrls = [VIDEO], fullVideoUrls = [], imageUrls = [], creditsConsumed } = files;
	const whole = row.topic === 'extend' ? [WHOLE] : fullVideoUrls;
	const credits = creditsConsumed === undefined ? {} : { creditsConsumed };
	return { ...told, ...credits, videoUrls: [...whole, ...videoUrls], imageUrls };
};

type Send = () => Promise<{ status: number; json: object | undefined }>;
/** A callback that leaves the outcome open is refused until Kie, when asked, knows the video. */
const expectResult = async (send: Send, result: object, isOpen: boolean) => {
	let isKnown = false;
	for (const path of [GET_4K, ...RECORDS]) {
		const body = bodyOf(path === GET_4K ? 'a 4K upgrade is done' : 'a finished video');
		const always = { path, times: Infinity };
		kie.simulator.fault({ ...always, kind: 'answer', body, when: () => isKnown });
		kie.simulator.fault({ ...always, kind: 'status', code: 455, when: () => !isKnown });
	}
	if (isOpen) {
		expect(await send()).toStrictEqual({ status: 503, json: undefined });
		expect(isAsked()).toBe(true);
		isKnown = true;
	}
	const { status, json } = await send();
	expect(status).toBe(200);
	expect(json).toMatchObject(result);
	expect(isAsked()).toBe(isOpen);
};

/** Sends it to an address of the trigger, as a new trigger each time. Rows share a task, but no signature. */
const callTrigger = (
	{ body, taskIds: [taskId = 'a'] }: { body: unknown; taskIds: readonly string[] },
	query = '',
	{ events, ...options }: { events?: string[]; confirm?: boolean } = {},
): Send => {
	const webhookSecret = `${HMAC_KEY}-${++calls}`;
	return async () => {
		const timestamp = String(Math.floor(Date.now() / 1000));
		const headers = {
			'x-webhook-timestamp': timestamp,
			'x-webhook-signature': callbackSignature(webhookSecret, taskId, timestamp),
		};
		const callback = { path: `/webhook/veo${query}`, headers, body: JSON.stringify(body) };
		const credentials = { ...kie.credentials, webhookSecret };
		const { status, items } = await runTrigger(callback, credentials, options, events);
		return { status, json: items?.[0]?.json };
	};
};
/** What an address of this node is signed with, as its query. */
const queryFor = (submission: Submission) =>
	new URL(withSubmission(HOOK, submission, addressKey(kie.credentials.apiKey))).search;

describe('the trigger', () => {
	const named = CALLBACKS.filter(({ taskIds }) => taskIds.length > 0);
	it.each(named.map((row) => [row.what, row.outcome, row] as const))(
		'called about %s, a %s',
		async (_what, outcome, row) => {
			const { topic, taskIds, files } = row;
			const needsWhole = topic === 'extend' && files?.fullVideoUrls === undefined;
			const event = `${topic === 'extend' ? 'generate' : topic}.${outcome === 'failed' ? outcome : 'success'}`;
			const told = { ...resultOf(row), event, operation: topic, taskId: taskIds[0] };
			await expectResult(callTrigger(row), told, outcome === 'unknown' || needsWhole);
		},
	);

	it.each(CALLBACKS.filter(({ taskIds }) => taskIds.length === 0))(
		'refuses $what, whose signature is for nothing',
		async (row) => {
			expect(await callTrigger(row)()).toStrictEqual({ status: 401, json: undefined });
		},
	);
});

describe('the trigger, about a task of any model', () => {
	const recordOf = (what: string) => {
		const body = TASKS.find((row) => row.what === what)?.body;
		kie.simulator.fault({ kind: 'answer', path: RECORDS[1], body, times: Infinity });
	};
	const ofModel = (passThrough = {}) =>
		queryFor({ operation: 'runModel', taskId: null, index: null, passThrough });
	const told = TASK_CALLBACKS.filter(({ outcome }) => outcome !== 'unknown');
	const stages = TASK_CALLBACKS.filter(({ outcome }) => outcome === 'unknown');
	const picture = told[0] ?? { body: null, taskIds: [] };

	it.each(told.map((row) => [row.what, row] as const))('called about %s', async (_what, row) => {
		const { outcome, taskIds, files: { fileUrls = [] } = {}, message, code } = row;
		for (const [address, more] of [
			['', { operation: 'unknown' }],
			[ofModel({ order: 1 }), { operation: 'runModel', passThrough: { order: 1 } }],
		] as const) {
			const { status, json } = await callTrigger(row, address)();
			expect(status).toBe(200);
			expect(json).toMatchObject({
				...{ event: `task.${outcome}`, status: outcome, taskId: taskIds[0], ...more },
				...{ fileUrl: fileUrls[0] ?? null, fileUrls },
				...(message === undefined ? {} : { message, code, result: null }),
			});
			expect(json).not.toHaveProperty('videoUrls');
			expect(json).not.toHaveProperty('index');
		}
		expect(isAsked()).toBe(false);
	});

	it('starts nothing unless the event is selected', async () => {
		const send = callTrigger(picture, '', { events: ['generate.success', 'get4k.success'] });
		expect(await send()).toStrictEqual({ status: 200, json: undefined });
	});

	it.each(stages.map((row) => [row.what, row] as const))('asks Kie.ai at %s', async (what, row) => {
		recordOf('a job that runs, in the form of October');
		const isLast = what === 'the last stage of music';
		for (const address of ['', ofModel()]) {
			const running = { status: isLast ? 503 : 200, json: undefined };
			expect(await callTrigger(row, address)()).toStrictEqual(running);
		}
		kie.simulator.reset();
		recordOf('music, in the form of October');
		const { status, json } = await callTrigger(row)();
		expect(status).toBe(200);
		expect(json).toMatchObject({ event: 'task.success', model: 'ai-music-api/sounds' });
		expect(json).toHaveProperty('fileUrls.length', 2);
	});

	it('is told a failure that Kie.ai knows', async () => {
		recordOf('a failed job');
		const { json } = await callTrigger(stages[0] ?? picture)();
		const said = { event: 'task.failed', status: 'failed', code: 400, operation: 'unknown' };
		expect(json).toMatchObject({ ...said, model: 'gpt-image-2-image-to-image' });
	});

	it.each([false, true])('confirms what it gives (at an address of ours: %s)', async (isOurs) => {
		recordOf('three pictures of one prompt');
		const { json } = await callTrigger(picture, isOurs ? ofModel() : '', { confirm: true })();
		expect(json).toMatchObject({ event: 'task.success' });
		expect(json).toHaveProperty('fileUrls.length', 3);
		expect(JSON.stringify(json)).not.toContain(PICTURE);
	});

	it("gives a video of Veo's as such, although its model was run as any other", async () => {
		const job = CALLBACKS.find(({ what }) => what === 'a job') ?? picture;
		const { json } = await callTrigger(job, ofModel())();
		const video = { event: 'generate.success', operation: 'generate', videoUrl: VIDEO };
		expect(json).toMatchObject({ ...video, resolution: null, videoUrls: [VIDEO] });
	});
});

/** The orders whose address it can come to: that of a 4K order may get the report of the base video. */
const WAYS = CALLBACKS.flatMap((row) => {
	const { topic } = row;
	const isNew = topic === 'generate' || topic === 'unknown';
	const own = topic === 'extend' ? topic : isNew ? 'generate' : 'get4k';
	return [...new Set([own, 'get4k'] as const)].map((operation) => {
		const outcome = operation === 'get4k' ? row.atGet4k : row.outcome;
		return [operation, row.what, outcome, row] as const;
	});
});

const ORDERS = { generate: '/api/v1/veo/generate', extend: '/api/v1/veo/extend', get4k: GET_4K };

describe('a suspended execution', () => {
	it.each(WAYS)('of %s, called about %s, a %s', async (operation, _what, outcome, row) => {
		const [id = 'veo_task_nameless'] = row.taskIds;
		const isJob = JSON.stringify(row.body).includes('"model":"veo');
		const path = isJob ? '/api/v1/jobs/createTask' : ORDERS[operation];
		const isOfOther = operation === 'extend' || (isJob && operation === 'get4k');
		const taskId = isOfOther ? 'veo_task_base' : id;
		const data = { taskId: id, resultUrls: null, imageUrls: null };
		const accepted = { code: 200, msg: 'success', data };
		kie.simulator.fault({ kind: 'answer', path, body: accepted });
		const items = [{ taskId, prompt: 'A dog' }];
		const credentials = { ...kie.credentials, api: isJob ? 'jobs' : 'veo' };
		const execution = await start({ credentials, operation, items, timeout: 3600 });
		const [order] = kie.simulator.requests({ path });
		const { callBackUrl } = order?.body as { callBackUrl: string };
		kie.simulator.journal.length = 0;

		const send: Send = async () => {
			const status = await execution.call(callBackUrl, row.body);
			return { status, json: execution.resumed[0]?.[0]?.json };
		};
		const needsWhole = operation === 'extend' && row.files?.fullVideoUrls === undefined;
		await expectResult(send, resultOf(row, outcome), outcome === 'unknown' || needsWhole);
	});
});
