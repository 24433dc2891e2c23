import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import {
	addressKey,
	withSubmission,
	type Submission,
} from '../../../nodes/KieVeo/addresses/submission';
import type { CredentialReference } from '../../tools/n8n/client';
import { readExample } from '../../tools/n8n/examples';
import { hasEnded, itemsOf } from '../../tools/n8n/execution';
import { LINES, type LineName } from '../../tools/n8n/versions';
import { CALLBACK_FORMS, SIMULATOR_KEY, type ManualCallback } from '../../tools/simulator';
import { startForwarder } from './forwarder';
import { kieCredential, Stage } from './stage';
import { AFTER, chain, KIE, TRIGGER, triggerWorkflow } from './workflows';

const NO_4K = 'The 4K version of this video is unavailable. Please try a different video.';

const HMAC_KEY = 'webhook-hmac-key-of-this-test';
const OWN_KEY = addressKey(SIMULATOR_KEY);
/** Long enough for an execution that must not be there to appear. */
const SETTLE_MS = 700;

let stage: Stage;
let signed: CredentialReference;
/** The ordinary one: all events, signatures required. */
let usual: Receiver;
/** An active trigger workflow. */
class Receiver {
	private constructor(
		readonly id: string,
		readonly url: string,
	) {}

	static async activate(parameters: INodeParameters = {}, credential = signed): Promise<Receiver> {
		const { definition, path } = triggerWorkflow(credential, parameters);
		const { id } = await stage.client.createWorkflow(definition);
		await stage.client.activateWorkflow(id);
		return new Receiver(id, `${stage.n8n.url}/webhook/${path}`);
	}

	urlFor(submission: Submission, key = OWN_KEY): string {
		return withSubmission(this.url, submission, key);
	}

	/** What the executions about these tasks put out, oldest first, once all have ended. */
	async outputs(...taskIds: string[]): Promise<IDataObject[]> {
		const { client } = stage;
		const deadline = Date.now() + 20_000;
		for (;;) {
			await pause(SETTLE_MS);
			const executions = await client.listExecutions(this.id);
			if (!executions.every(hasEnded) && Date.now() < deadline) continue;
			const outputs: IDataObject[] = [];
			for (const { id, status } of executions) {
				expect(status).toBe('success');
				const [item] = itemsOf(await client.getExecution(id), AFTER);
				if (item && taskIds.includes(String(item.json.taskId))) outputs.push(item.json);
			}
			return outputs.sort((a, b) => (String(a.receivedAt) < String(b.receivedAt) ? -1 : 1));
		}
	}

	async executionCount(): Promise<number> {
		await pause(SETTLE_MS);
		return (await stage.client.listExecutions(this.id)).length;
	}
}
const newTask = () => `veo_task_${randomUUID()}`;
const send = async (url: string, callback: ManualCallback) => {
	const delivery = await stage.simulator.sendCallback(url, callback);
	return { delivery, status: delivery.attempts[0]?.status, answer: delivery.attempts[0]?.answer };
};
/** Waits for a line of n8n's log, which comes through a pipe. */
const logged = async (text: string, since = 0) => {
	for (let tries = 0; tries < 40; tries++) {
		if (stage.n8n.log().slice(since).includes(text)) return true;
		await pause(50);
	}
	return false;
};
/** While this file is there, n8n cannot start an execution. */
const folder = mkdtempSync(join(tmpdir(), 'kie-veo-hook-'));
const obstacle = join(folder, 'obstacle');
const hooks = join(folder, 'hooks.js');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(LINES.map(({ name }) => name))('the trigger on n8n %s', (line) => {
	beforeAll(async () => {
		writeFileSync(
			hooks,
			`const preExecute = () => {
				if (require('fs').existsSync(${JSON.stringify(obstacle)})) throw new Error('no execution');
			};
			module.exports = { workflow: { preExecute: [preExecute] } };`,
		);
		const accounts = [{ key: SIMULATOR_KEY, webhookHmacKey: HMAC_KEY }];
		const callbacks = { retryDelayMs: 100 };
		const env = { EXTERNAL_HOOK_FILES: hooks };
		stage = await Stage.open(line, { simulator: { accounts, callbacks }, env });
		signed = await stage.client.createCredential(
			kieCredential(stage.simulator, { webhookSecret: HMAC_KEY }),
		);
		usual = await Receiver.activate();
	}, 600_000);
	beforeEach(() => stage.simulator.reset());
	afterAll(async () => {
		await stage.close();
	});

	isSwitchedOn();
	readsCallbacks();
	refuses();
	startsOnce(line);
	passesThrough();
	confirms();
	isUsed();
});

function isSwitchedOn(): void {
	describe('switched on', () => {
		it('is refused without an HMAC key, with the reason and both ways out', async () => {
			const { definition, path } = triggerWorkflow(stage.credential);
			const { id } = await stage.client.createWorkflow(definition);
			const refusal = await stage.client.activateWorkflow(id).then(
				() => 'not refused',
				(error: unknown) => String(error),
			);
			expect(refusal).toContain("no 'Webhook HMAC Key'");
			expect(refusal).toContain('https://kie.ai/settings');
			expect(refusal).toContain("set 'Signature Verification' to Off");
			const listening = stage.client.listenForTestEvent(id, TRIGGER);
			await expect(listening).rejects.toThrow("no 'Webhook HMAC Key'");
			expect((await send(`${stage.n8n.url}/webhook/${path}`, {})).status).toBe(404);
		});

		it('works without a key when verification is off on purpose', async () => {
			const off = await Receiver.activate({ signatureVerification: 'off' }, stage.credential);
			const taskId = newTask();
			expect(await send(off.url, { taskId, hmacKey: null })).toMatchObject({ status: 200 });
			expect(await off.outputs(taskId)).toMatchObject([{ taskId, event: 'get4k.success' }]);
		});

		it('hears a test event, as often as it is sent', async () => {
			const { definition, path } = triggerWorkflow(signed);
			const { id } = await stage.client.createWorkflow(definition);
			const taskId = newTask();
			for (const round of [1, 2]) {
				await stage.client.listenForTestEvent(id, TRIGGER);
				const url = `${stage.n8n.url}/webhook-test/${path}`;
				expect((await send(url, { taskId, hmacKey: 'wrong' })).status).toBe(401);
				expect((await send(url, { taskId })).status).toBe(200);
				await pause(SETTLE_MS);
				expect(await stage.client.listExecutions(id)).toHaveLength(round);
			}
		});
	});
}

function readsCallbacks(): void {
	describe('a callback', () => {
		it('gives the same output in each form', async () => {
			const forms = Object.entries(CALLBACK_FORMS);
			const tasks = forms.map(([name]) => `${newTask()}_${name}`);
			const answers = await Promise.all(
				forms.map(async ([, form], i) => await send(usual.url, { taskId: tasks[i], form })),
			);
			for (const { status, answer } of answers) {
				expect({ status, answer }).toStrictEqual({
					status: 200,
					answer: '{"code":200,"msg":"success"}',
				});
			}
			const outputs = await usual.outputs(...tasks);
			const byTask = new Map(outputs.map((json) => [json.taskId, json]));
			const { fileUrl } = stage.simulator;
			for (const [i, [name]] of forms.entries()) {
				expect({ name, ...byTask.get(tasks[i] ?? '') }).toStrictEqual({
					name,
					taskId: tasks[i],
					index: null,
					operation: 'get4k',
					status: 'success',
					resolution: '4k',
					videoUrl: `${fileUrl}/v/example.mp4`,
					videoUrls: [`${fileUrl}/v/example.mp4`],
					imageUrls: [`${fileUrl}/v/example.jpg`],
					creditsConsumed: name === 'nestedWithCredits' ? 120 : null,
					code: 200,
					message: 'success',
					event: 'get4k.success',
					receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
				});
			}
		});

		it.each(['text/plain', 'application/octet-stream', 'text/plain; charset=utf-8'])(
			'is read under the wrong content type %s',
			async (contentType) => {
				const taskId = newTask();
				expect((await send(usual.url, { taskId, contentType })).status).toBe(200);
				expect(await usual.outputs(taskId)).toHaveLength(1);
			},
		);

		it.each(['object', 'null'] as const)('of a failure has data %s', async (failureData) => {
			const taskId = newTask();
			const url = usual.urlFor({ operation: 'get4k', taskId, index: 1 });
			const form = { failureData };
			expect((await send(url, { taskId, form, code: 500, msg: NO_4K })).status).toBe(200);
			expect(await usual.outputs(taskId)).toMatchObject([
				{ taskId, index: 1, operation: 'get4k', event: 'get4k.failed', status: 'failed' },
			]);
		});

		it('is recognized by the address, then by its content, otherwise "unknown"', async () => {
			const [a, b, c] = [newTask(), newTask(), newTask()];
			const body = (taskId: string) => ({
				code: 200,
				msg: 'success',
				data: { taskId, info: { resultUrls: ['https://file.example/a.mp4'] } },
			});
			const made = usual.urlFor({ operation: 'generate', taskId: null, index: null });
			await send(made, { taskId: a, body: body(a) });
			await send(usual.url, { taskId: b, operation: 'generate' });
			await send(usual.url, { taskId: c, body: body(c) });
			expect(await usual.outputs(a, b, c)).toMatchObject([
				{ taskId: a, operation: 'generate', event: 'generate.success' },
				{ taskId: b, operation: 'generate', event: 'generate.success' },
				{ taskId: c, operation: 'unknown', event: 'unknown.success' },
			]);
		});

		it('starts nothing when its event is not selected, unless it cannot be told', async () => {
			const only4k = await Receiver.activate({ events: ['get4k.success'] });
			const [a, b] = [newTask(), newTask()];
			const foreign = { code: 500, msg: 'Timeout', data: { taskId: b } };
			expect((await send(only4k.url, { taskId: a, operation: 'generate' })).status).toBe(200);
			// Kie signs task and time: each report has a second of its own, as in life.
			const at = (age: number) => ({ timestamp: Math.floor(Date.now() / 1000) - age });
			const failed = { taskId: a, code: 500, msg: NO_4K, ...at(20) };
			expect((await send(only4k.url, failed)).status).toBe(200);
			expect((await send(only4k.url, { taskId: b, body: foreign })).status).toBe(200);
			expect((await send(only4k.url, { taskId: a, ...at(40) })).status).toBe(200);
			expect(await only4k.outputs(a, b)).toMatchObject([
				{ taskId: b, event: 'unknown.failed' },
				{ taskId: a, event: 'get4k.success' },
			]);
		});

		it('comes with the whole body when Simplify is off', async () => {
			const whole = await Receiver.activate({ options: { simplify: false } });
			const taskId = newTask();
			const { delivery } = await send(whole.url, { taskId });
			const [json] = await whole.outputs(taskId);
			expect(json?.raw).toStrictEqual(JSON.parse(delivery.body));
		});
	});
}

function refuses(): void {
	describe('is refused, and the log says why:', () => {
		let executions: number;
		beforeAll(async () => {
			executions = await usual.executionCount();
		});
		const now = () => Math.floor(Date.now() / 1000);
		const video = {
			code: 200,
			msg: 'ok',
			data: { taskId: 'veo_task_b', resultUrl: 'https://a/b' },
		};
		it.each<[name: string, status: number, reason: string, callback: () => ManualCallback]>([
			['unsigned', 401, 'X-Webhook-Signature is missing', () => ({ hmacKey: null })],
			['a wrong key', 401, 'does not match', () => ({ hmacKey: 'another key' })],
			['stale', 401, 's old', () => ({ timestamp: now() - 330 })],
			['from the future', 401, 'in the future', () => ({ timestamp: now() + 330 })],
			['no time', 401, 'not Unix seconds', () => ({ headers: { 'X-Webhook-Timestamp': 'now' } })],
			[
				'two ids that differ',
				401,
				'different task IDs',
				() => ({ body: { ...video, task_id: 'veo_task_c' }, signedTaskId: 'veo_task_b' }),
			],
			[
				"another task's body under a captured signature",
				401,
				'does not match',
				() => ({ body: video, signedTaskId: 'veo_task_a' }),
			],
			[
				'a failure that names no task',
				401,
				'name a task ID',
				() => ({ code: 500, msg: NO_4K, form: { failureData: 'null' as const } }),
			],
			['empty', 400, 'not a JSON object', () => ({ body: '' })],
			['an empty object', 400, "no numeric 'code'", () => ({ body: {} })],
			['other JSON', 400, "no numeric 'code'", () => ({ body: { hello: 'world' } })],
			['a list', 400, 'not a JSON object', () => ({ body: [video] })],
			['text', 400, 'not a JSON object', () => ({ body: 'hello', contentType: 'text/plain' })],
			[
				'a form',
				400,
				'not a JSON object',
				() => ({ body: 'code=200', contentType: 'application/x-www-form-urlencoded' }),
			],
			[
				'a form with parts',
				400,
				"no numeric 'code'",
				() => ({
					body: '--b\r\nContent-Disposition: form-data; name="code"\r\n\r\n200\r\n--b--\r\n',
					contentType: 'multipart/form-data; boundary=b',
				}),
			],
			[
				'1 MB of noise',
				400,
				'the body has 1048576 bytes',
				() => ({ body: 'noise?! '.repeat(131_072), contentType: 'text/plain' }),
			],
			[
				'1 MB of JSON noise',
				400,
				'the body has',
				() => ({ body: { ...video, noise: 'x'.repeat(1_048_576) } }),
			],
		])('%s (%d)', async (_name, status, reason, callback) => {
			const since = stage.n8n.log().length;
			expect((await send(usual.url, callback())).status).toBe(status);
			expect(await logged(reason, since)).toBe(true);
		});

		it('text that claims to be JSON (422, from n8n itself)', async () => {
			expect((await send(usual.url, { body: '{"code": 2' })).status).toBe(422);
		});

		it('none of these starts an execution', async () => {
			expect(await usual.executionCount()).toBe(executions);
		});
	});
}

function startsOnce(line: LineName): void {
	describe('starts one execution', () => {
		const submitted = () => {
			const taskId = newTask();
			return { taskId, url: usual.urlFor({ operation: 'get4k', taskId, index: 0 }) };
		};

		it('when the first delivery is lost and the second is answered too late', async () => {
			const ways = ['lost', 'slow', 'through'] as const;
			const forwarder = await startForwarder(stage.n8n.url, (call) => ways[call] ?? 'through');
			const { taskId, url } = submitted();
			const { delivery } = await send(url.replace(stage.n8n.url, forwarder.url), {
				taskId,
				retries: 3,
			});
			await forwarder.close();
			expect(delivery.attempts.map(({ status }) => status)).toStrictEqual([502, null, 200]);
			expect(await usual.outputs(taskId)).toHaveLength(1);
		});

		it('of 20 duplicates in parallel', async () => {
			const { taskId, url } = submitted();
			const sent = await Promise.all(
				Array.from({ length: 20 }, async () => await send(url, { taskId })),
			);
			expect(sent.map(({ status }) => status)).toStrictEqual(sent.map(() => 200));
			expect(await usual.outputs(taskId)).toHaveLength(1);
		});

		// n8n 1.x answers before it starts the execution: nobody knows then.
		if (line !== '1.x')
			it('also after n8n could not start one', async () => {
				const { taskId, url } = submitted();
				writeFileSync(obstacle, '');
				const sending = send(url, { taskId, retries: 3 });
				await logged('no execution');
				rmSync(obstacle);
				const { delivery } = await sending;
				const answers = delivery.attempts.map(({ status }) => status ?? 0);
				expect(answers[0]).toBeGreaterThanOrEqual(400);
				expect(answers.at(-1)).toBe(200);
				expect(await usual.outputs(taskId)).toHaveLength(1);
				expect((await send(url, { taskId })).status).toBe(200);
				expect(await usual.outputs(taskId)).toHaveLength(1);
			});

		it('per event, task and index', async () => {
			const { taskId, url } = submitted();
			const other = usual.urlFor({ operation: 'get4k', taskId, index: 1 });
			// Kie signs task and time: each report has a second of its own, as in life.
			const at = (age: number) => Math.floor(Date.now() / 1000) - age;
			for (const round of [1, 2]) {
				const age = 100 - round * 10;
				await send(url, { taskId, code: 500, msg: `No 4K, ${round}.`, timestamp: at(age) });
				await send(url, { taskId, timestamp: at(age - 3) });
				await send(other, { taskId, timestamp: at(age - 5) });
				await send(usual.url, { taskId, operation: 'generate', timestamp: at(age - 7) });
			}
			expect(await usual.outputs(taskId)).toMatchObject([
				{ event: 'get4k.failed', index: 0 },
				{ event: 'get4k.success', index: 0 },
				{ event: 'get4k.success', index: 1 },
				{ event: 'generate.success', index: null },
			]);
		});

		it('of a signature that was captured and sent again with another body (401)', async () => {
			const every = await Receiver.activate({ options: { deduplicate: false } });
			const taskId = newTask();
			const { delivery, status } = await send(every.url, { taskId });
			expect(status).toBe(200);
			const forged = {
				code: 200,
				msg: '4K Video generated successfully.',
				data: { taskId, info: { resultUrls: ['https://forged.example/v.mp4'] } },
			};
			const replay = await stage.simulator.replayCallback(delivery, forged);
			expect(replay.attempts.map((attempt) => attempt.status)).toContain(401);
			expect(await every.outputs(taskId)).toHaveLength(1);
			// Kie's own repeats: the same body under the same signature, and under a new one.
			const repeat = await stage.simulator.replayCallback(delivery);
			expect(repeat.attempts[0]?.status).toBe(200);
			const timestamp = Math.floor(Date.now() / 1000) - 5;
			expect((await send(every.url, { taskId, timestamp })).status).toBe(200);
		});

		it('per delivery when deduplication is off', async () => {
			const every = await Receiver.activate({ options: { deduplicate: false } });
			const taskId = newTask();
			await send(every.url, { taskId });
			await send(every.url, { taskId });
			expect(await every.outputs(taskId)).toHaveLength(2);
		});

		it('over a restart of n8n, also of what came in parallel before it', async () => {
			const events = Array.from({ length: 5 }, submitted);
			await Promise.all(events.map(async ({ taskId, url }) => await send(url, { taskId })));
			// Parallel calls may be stored in another order than received; the next one stores all marks.
			const last = submitted();
			events.push(last);
			await send(last.url, { taskId: last.taskId });
			const refused = submitted();
			await send(refused.url, { taskId: refused.taskId, hmacKey: 'wrong' });
			await stage.n8n.restart();

			for (const { taskId, url } of [...events, refused]) {
				expect((await send(url, { taskId })).status).toBe(200);
			}
			const taskIds = [...events, refused].map(({ taskId }) => taskId);
			const outputs = await usual.outputs(...taskIds);
			expect(outputs.map(({ taskId }) => taskId).sort()).toStrictEqual(taskIds.sort());
		});
	});
}

function passesThrough(): void {
	describe('what is passed through', () => {
		const passThrough = { order: { id: 42, tags: ['Größe', '視頻', '🎬'], deep: [{ a: null }] } };
		const submit = async (taskId: string, callBackUrl = usual.url): Promise<string> => {
			const parameters = {
				operation: 'get4k',
				waitMode: 'none',
				callBackUrl,
				options: { passThrough: JSON.stringify(passThrough) },
			};
			const { client, simulator } = stage;
			const workflow = chain(signed, [{ taskId }], parameters);
			const execution = await client.runToEnd((await client.createWorkflow(workflow)).id);
			expect(itemsOf(execution, KIE)[0]?.json).toMatchObject({ taskId, status: 'processing' });
			const sent = simulator
				.submissions()
				.find(({ body }) => (body as IDataObject).taskId === taskId);
			return String((sent?.body as IDataObject).callBackUrl);
		};

		it('comes back, through the action node, Kie and the trigger', async () => {
			const taskId = stage.simulator.addVideo({ videos: 1 });
			await submit(taskId);
			await stage.simulator.callbacksSettled();
			await pause(SETTLE_MS);
			await stage.simulator.callbacksSettled();
			const [json, ...more] = await usual.outputs(taskId);
			expect(more).toStrictEqual([]);
			expect(json).toMatchObject({ taskId, index: 0, operation: 'get4k', status: 'success' });
			expect(json?.passThrough).toStrictEqual(passThrough);
			expect(json?.videoUrl).toMatch(/4k.*\.mp4$/i);
		});

		it('comes back when Kie gives the upgrade an id of its own', async () => {
			const taskId = stage.simulator.addVideo({ upgrade4k: { ownTaskId: true } });
			await submit(taskId);
			await pause(SETTLE_MS);
			await stage.simulator.callbacksSettled();
			expect(await usual.outputs(taskId)).toMatchObject([
				{ taskId, kieTaskId: `${taskId}_4k_0`, passThrough },
			]);
		});

		it('is refused when it was tampered with, cut, or belongs to another task', async () => {
			const { simulator } = stage;
			const never = { timings: { upgrade4k: 1e12 } };
			const [taskId, other] = [simulator.addVideo(never), simulator.addVideo(never)];
			const [url, otherUrl] = [await submit(taskId), await submit(other)];
			const [payload = '', proof = ''] = (new URL(url).searchParams.get('kieVeo') ?? '').split('.');
			const text = Buffer.from(payload, 'base64url').toString();
			const changed = Buffer.from(text.replace('42', '43')).toString('base64url');
			const address = (part: string) => `${usual.url}?kieVeo=${part}`;

			const executions = await usual.executionCount();
			const since = stage.n8n.log().length;
			const refused = [
				address(`${changed}.${proof}`),
				address(`${payload.slice(0, -8)}.${proof}`),
				address(payload),
				address(`${payload}.${proof.slice(0, -1)}`),
				`${url}&kieVeo=${payload}.${proof}`,
				usual.urlFor({ operation: 'get4k', taskId, index: 0 }, addressKey('stranger')),
				otherUrl,
			];
			for (const changedUrl of refused) {
				expect((await send(changedUrl, { taskId })).status).toBe(401);
			}
			expect(await logged("'kieVeo' of the address was changed", since)).toBe(true);
			expect(await logged('is not the upgrade that the address was made for', since)).toBe(true);
			expect(await usual.executionCount()).toBe(executions);

			expect((await send(url, { taskId })).status).toBe(200);
			expect(await usual.outputs(taskId)).toMatchObject([{ taskId, passThrough }]);
		});
	});
}

function confirms(): void {
	describe('confirming', () => {
		let confirming: Receiver;
		const forged = { videoUrls: ['https://attacker.example/a.mp4'], imageUrls: [] };
		const credits = () => stage.simulator.account().credits;

		beforeAll(async () => {
			confirming = await Receiver.activate({ options: { confirm: true } });
		});

		/** A 4K upgrade that was paid for and is done. */
		const upgraded = async (scenario = {}) => {
			const { simulator } = stage;
			const taskId = simulator.addVideo({ timings: { upgrade4k: 10 }, ...scenario });
			const answer = await fetch(`${simulator.apiUrl}/api/v1/veo/get-4k-video`, {
				method: 'POST',
				headers: {
					authorization: `Bearer ${SIMULATOR_KEY}`,
					'content-type': 'application/json',
				},
				body: JSON.stringify({ taskId, index: 0 }),
			});
			await answer.arrayBuffer();
			await pause(50);
			return { taskId, url: confirming.urlFor({ operation: 'get4k', taskId, index: 0 }) };
		};

		it("replaces a swapped body's URLs by Kie's own, and costs nothing", async () => {
			const { taskId, url } = await upgraded();
			const before = credits();
			expect((await send(url, { taskId, ...forged })).status).toBe(200);
			const [json] = await confirming.outputs(taskId);
			expect(json).toMatchObject({ taskId, status: 'success', resolution: '4k' });
			expect(json?.videoUrl).toMatch(/4k.*\.mp4$/i);
			expect(JSON.stringify(json)).not.toContain('attacker');
			expect(credits()).toBe(before);
			expect(stage.simulator.paid()).toHaveLength(1);
		});

		it('asks record-info about a generated video', async () => {
			const taskId = stage.simulator.addVideo();
			const callback = { taskId, operation: 'generate' as const, ...forged };
			expect((await send(confirming.url, callback)).status).toBe(200);
			const [json] = await confirming.outputs(taskId);
			expect(json).toMatchObject({ taskId, operation: 'generate', status: 'success' });
			expect(JSON.stringify(json)).not.toContain('attacker');
			expect(stage.simulator.requests().map(({ method }) => method)).toStrictEqual(['GET']);
		});

		it('never starts an upgrade for a video we did not submit', async () => {
			const taskId = stage.simulator.addVideo();
			const since = stage.n8n.log().length;
			expect((await send(confirming.url, { taskId, ...forged })).status).toBe(503);
			expect(await logged('could start a paid upgrade', since)).toBe(true);
			expect(stage.simulator.paid()).toHaveLength(0);
			expect(await confirming.outputs(taskId)).toHaveLength(0);
		});

		it('never starts one again where Kie knows that it failed', async () => {
			const failing = { outcome: 'failure' as const, recordAfter: 'upgrade' as const };
			const { taskId, url } = await upgraded({ upgrade4k: failing });
			expect((await send(url, { taskId, ...forged })).status).toBe(503);
			expect(stage.simulator.submissions()).toHaveLength(1);
			expect(await confirming.outputs(taskId)).toHaveLength(0);
		});

		it('lets Kie call again until it is finished', async () => {
			const { taskId, url } = await upgraded({ timings: { upgrade4k: 1e12 } });
			expect((await send(url, { taskId })).status).toBe(503);
			expect(await confirming.outputs(taskId)).toHaveLength(0);
			expect(stage.simulator.paid()).toHaveLength(1);
		});

		it('lets Kie call again until it can be asked', async () => {
			const { taskId, url } = await upgraded();
			stage.simulator.fault({ kind: 'reset-before' });
			const { delivery } = await send(url, { taskId, retries: 1 });
			expect(delivery.attempts.map(({ status }) => status)).toStrictEqual([503, 200]);
			expect(await confirming.outputs(taskId)).toHaveLength(1);
			expect(stage.simulator.paid()).toHaveLength(1);
		});

		it('passes a failure on without asking', async () => {
			const { taskId, url } = await upgraded({ upgrade4k: { outcome: 'failure' } });
			const asked = stage.simulator.requests().length;
			expect((await send(url, { taskId, code: 500, msg: NO_4K })).status).toBe(200);
			expect(await confirming.outputs(taskId)).toMatchObject([{ event: 'get4k.failed' }]);
			expect(stage.simulator.requests()).toHaveLength(asked);
		});
	});
}

function isUsed(): void {
	it('receives what the example workflow submits', async () => {
		const { client, simulator } = stage;
		const example = async (file: string) => await client.createWorkflow(readExample(file, signed));
		const receive = await example('4k-with-callback-receive.json');
		const submit = await example('4k-with-callback-submit.json');
		await client.activateWorkflow(receive.id);
		simulator.addVideo({ taskId: 'veo_task_demo_1' });
		const submitted = await client.runToEnd(submit.id);
		expect(submitted.status).toBe('success');
		for (let tries = 0; tries < 50; tries++) {
			const [received] = await client.listExecutions(receive.id);
			if (received && hasEnded(received)) {
				expect(itemsOf(await client.getExecution(received.id), 'Result')[0]?.json).toMatchObject({
					orderId: 'order-42',
					taskId: 'veo_task_demo_1',
					status: 'success',
					url4k: expect.stringMatching(/4k.*\.mp4$/i),
				});
				return;
			}
			await pause(100);
		}
		throw new Error('The receiving workflow was not started');
	});

	it('shows no key in any execution or log line', async () => {
		const { client, n8n } = stage;
		for (const { id } of await client.listExecutions()) {
			const text = JSON.stringify((await client.getExecution(id)).data);
			for (const key of [HMAC_KEY, SIMULATOR_KEY]) expect(text).not.toContain(key);
		}
		for (const key of [HMAC_KEY, SIMULATOR_KEY]) expect(n8n.log()).not.toContain(key);
	});
}
