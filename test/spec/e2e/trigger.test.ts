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
import { SIMULATOR_KEY, type ManualCallback } from '../../tools/simulator';
import { until } from '../../tools/simulator/testing';
import { kieCredential, Stage } from './stage';
import { AFTER, TRIGGER, triggerWorkflow } from './workflows';

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
/** Waits until n8n has logged something, which comes through a pipe. */
const logged = async (text: string, since = 0) =>
	await until(
		() => stage.n8n.log().slice(since),
		(log) => log.includes(text),
	);
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
	it.each(['text/plain', 'application/octet-stream', 'text/plain; charset=utf-8'])(
		'reads a callback under the wrong content type %s',
		async (contentType) => {
			const taskId = newTask();
			expect((await send(usual.url, { taskId, contentType })).status).toBe(200);
			expect(await usual.outputs(taskId)).toHaveLength(1);
		},
	);
}

function refuses(): void {
	describe('is refused, and the log says why:', () => {
		let executions: number;
		beforeAll(async () => {
			executions = await usual.executionCount();
		});
		it.each<[name: string, status: number, reason: string, callback: () => ManualCallback]>([
			['unsigned', 401, 'X-Webhook-Signature is missing', () => ({ hmacKey: null })],
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
				'1 MB of JSON noise',
				400,
				'the body has',
				() => ({ body: { code: 200, noise: 'x'.repeat(1_048_576) } }),
			],
		])('%s (%d)', async (_name, status, reason, callback) => {
			const since = stage.n8n.log().length;
			expect((await send(usual.url, callback())).status).toBe(status);
			await logged(reason, since);
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

		it('over a restart of n8n, also of what came in parallel before it', async () => {
			const events = Array.from({ length: 5 }, submitted);
			const twice = [...events, ...events];
			await Promise.all(twice.map(async ({ taskId, url }) => await send(url, { taskId })));
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

function isUsed(): void {
	it('receives what the example workflow submits', async () => {
		const { client, simulator } = stage;
		const example = async (file: string) =>
			await client.createWorkflow(readExample(file, signed, { n8nUrl: stage.n8n.url }));
		const receive = await example('4k-with-callback-receive.json');
		const submit = await example('4k-with-callback-submit.json');
		await client.activateWorkflow(receive.id);
		simulator.addVideo({ taskId: 'veo_task_demo_1' });
		const submitted = await client.runToEnd(submit.id);
		expect(submitted.status).toBe('success');
		const [received] = await until(
			async () => await client.listExecutions(receive.id),
			([one]) => one !== undefined && hasEnded(one),
		);
		const { id } = received ?? { id: '' };
		expect(itemsOf(await client.getExecution(id), 'Result')[0]?.json).toMatchObject({
			orderId: 'order-42',
			taskId: 'veo_task_demo_1',
			status: 'success',
			url4k: expect.stringMatching(/4k.*\.mp4$/i),
		});
	});
}
