import { mock, mockDeep } from 'jest-mock-extended';
import type { IDataObject, INode, IWebhookFunctions } from 'n8n-workflow';

import {
	addressKey,
	withSubmission,
	type Submission,
} from '../../../nodes/KieVeo/addresses/submission';
import { receiveCallback } from '../../../nodes/KieVeo/trigger/receive';
import { callbackSignature } from '../../tools/simulator/callbacks';

const KEY = 'webhook-hmac-key';
const CREDENTIAL = { apiKey: 'api-key', webhookSecret: KEY, baseUrl: 'https://api.kie.ai' };
const ADDRESS_KEY = addressKey(CREDENTIAL.apiKey);
const START = Math.floor(Date.now() / 1000);
let nodes = 0;

/** Each call has a second of its own: a signature is good for one body. */
function signedHeaders(taskId: string) {
	const timestamp = String(START - nodes);
	const signature = callbackSignature(KEY, taskId, timestamp);
	return { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature };
}

/** A webhook call on a trigger nobody has called before, with a signed callback for task "a". */
function webhookCall(parameters: IDataObject = {}, given?: object, submission?: Submission) {
	const context = mockDeep<IWebhookFunctions>();
	const status = jest.fn().mockReturnThis();
	const shown = { code: 200, msg: '', data: { taskId: 'a', resultUrls: ['https://a.example/1'] } };
	const body = given ?? shown;
	const all: IDataObject = { events: ['get4k.success'], ...parameters };
	context.getNodeParameter.mockImplementation(
		((name: string, fallback: unknown) => all[name] ?? fallback) as never,
	);
	context.getCredentials.mockResolvedValue(CREDENTIAL);
	context.getNode.mockReturnValue(mock<INode>({ id: String(++nodes), name: 'Trigger' }));
	context.getWorkflow.mockReturnValue({ id: 'w', name: 'Workflow', active: true });
	context.getMode.mockReturnValue('webhook');
	context.getWorkflowStaticData.mockReturnValue({});
	context.getHeaderData.mockReturnValue(signedHeaders('a'));
	context.getRequestObject.mockReturnValue({
		rawBody: Buffer.from(JSON.stringify(body)),
		query: submission
			? { kieVeo: withSubmission('https://a.example', submission, ADDRESS_KEY).split('kieVeo=')[1] }
			: {},
	} as never);
	context.getResponseObject.mockReturnValue({ status, json: jest.fn(), once: jest.fn() } as never);
	const warnings = () => jest.mocked(context.logger.warn).mock.calls.map(([line]) => line);
	return { context, status, warnings };
}

const REPORT_4K = {
	code: 200,
	msg: '4K Video generated successfully.',
	data: { taskId: 'a', info: { resultUrls: ['https://a.example/4k.mp4'] } },
};

describe('what the parameters of the trigger decide', () => {
	it('delivers what cannot be classified although none of its events is selected', async () => {
		const { context } = webhookCall();
		const { workflowData, webhookResponse } = await receiveCallback(context);
		expect(workflowData?.[0]?.[0]?.json).toMatchObject({ taskId: 'a', event: 'unknown.success' });
		expect(webhookResponse).toStrictEqual({ code: 200, msg: 'success' });
	});

	it('starts an execution for each delivery when it does not deduplicate, with the whole body', async () => {
		const { context } = webhookCall(
			{ options: { deduplicate: false, simplify: false } },
			REPORT_4K,
		);
		for (let delivery = 0; delivery < 2; delivery++) {
			const { workflowData } = await receiveCallback(context);
			expect(workflowData?.[0]?.[0]?.json.raw).toStrictEqual(REPORT_4K);
		}
	});
});

describe('the trigger', () => {
	const OFF = { signatureVerification: 'off' };
	const CONFIRMED = { ...OFF, options: { confirm: true } };
	const video = { code: 200, msg: '', data: { resultUrls: ['https://a.example/1'] } };
	const waiting = { execution: '7', round: 1, item: 0 };
	const suspended: Submission = { operation: 'get4k', taskId: 'a', index: 0, waiting };
	it.each<[when: string, status: number, why: string, ...call: Parameters<typeof webhookCall>]>([
		['a parameter cannot be used', 503, "'Tolerance' must be", { options: { tolerance: 'soon' } }],
		['there is no video and no task', 400, 'no task', OFF, { ...video, data: null }],
		['there is a video to confirm and no task', 400, 'no task', CONFIRMED, video],
		['an execution waits there', 401, 'suspended execution', {}, undefined, suspended],
	])('starts nothing and says why when %s: %i', async (_when, code, why, ...call) => {
		const { context, status, warnings } = webhookCall(...call);
		expect((await receiveCallback(context)).workflowData).toBeUndefined();
		expect(status).toHaveBeenCalledWith(code);
		expect(warnings()).toStrictEqual([expect.stringContaining(why)]);
	});

	it('answers 503 and does not throw when the credential was deleted', async () => {
		const { context, status, warnings } = webhookCall();
		context.getCredentials.mockRejectedValue(new Error('no credential'));
		expect((await receiveCallback(context)).workflowData).toBeUndefined();
		expect(status).toHaveBeenCalledWith(503);
		expect(warnings()[0]).toContain('no credential');
	});

	it('knows the signature of a key that was pasted with quotes', async () => {
		const { context } = webhookCall();
		context.getCredentials.mockResolvedValue({ ...CREDENTIAL, webhookSecret: `"${KEY}"` });
		expect((await receiveCallback(context)).workflowData).toHaveLength(1);
	});

	it('answers 401 when the key was taken out of the credential', async () => {
		const { context, status } = webhookCall();
		context.getCredentials.mockResolvedValue({ ...CREDENTIAL, webhookSecret: '' });
		await receiveCallback(context);
		expect(status).toHaveBeenCalledWith(401);
	});

	it('answers 503 when Kie.ai does not confirm within 10 s, so that it calls again', async () => {
		const { context, status, warnings } = webhookCall({ options: { confirm: true } });
		const limit = new AbortController();
		// Watches that other test files of this process left behind have timers of their own.
		const original = AbortSignal.timeout.bind(AbortSignal);
		const timeout = jest
			.spyOn(AbortSignal, 'timeout')
			.mockImplementation((ms) => (ms === 10_000 ? limit.signal : original(ms)));
		// The time is over as soon as Kie is asked, and Kie never answers.
		const never = () => {
			setImmediate(() => limit.abort());
			return new Promise<never>(() => undefined);
		};
		context.helpers.httpRequestWithAuthentication.call = never as never;
		await receiveCallback(context);
		expect(timeout).toHaveBeenCalledWith(10_000);
		expect(status).toHaveBeenCalledWith(503);
		expect(warnings()[0]).toContain('within 10 s');
		timeout.mockRestore();
	});
});

it('names the task that asking about it may have ordered again', async () => {
	const sample = { code: 200, msg: 'Success', data: { taskId: 'a' } };
	const order: Submission = { operation: 'get4k', taskId: 'a', index: 0 };
	const { context, status, warnings } = webhookCall({}, sample, order);
	const base = { successFlag: 1, response: { resultUrls: ['https://a.example/base'] } };
	const send = async (...given: unknown[]) => {
		const { method } = given.at(-1) as { method: string };
		const data = method === 'GET' ? base : { taskId: 'a', resultUrls: null };
		const body = JSON.stringify({ code: 200, msg: 'success', data });
		return await Promise.resolve({ statusCode: 200, headers: {}, body });
	};
	context.helpers.httpRequestWithAuthentication.call = send as never;
	for (let delivery = 0; delivery < 2; delivery++) await receiveCallback(context);
	expect(status.mock.calls).toStrictEqual([[503], [503]]);
	expect(warnings().filter((line) => line.includes('billed'))).toStrictEqual([
		'Trigger: asking for the state of task a may have started, and billed, another upgrade',
	]);
});

describe('what is sent by others', () => {
	/** Of 990 kB, as n8n gives it to the node: JSON it has parsed, anything else as bytes. */
	const filled = (start: string, part: string, end: string) =>
		start + part.repeat((990_000 - start.length) / part.length) + end;
	const JSON_TYPE = 'application/json';
	it.each<[what: string, contentType: string, sent: string]>([
		['texts', JSON_TYPE, filled('{"code":500,"data":{"taskId":"a","x":[', '"{",', '1]}}')],
		['plain text', 'text/plain', filled('{"code":500,"taskId":"a","x":', '[', '')],
	])('costs less than 20 ms of CPU, unsigned: %s', async (_what, contentType, sent) => {
		const rawBody = Buffer.from(sent);
		const body = contentType === JSON_TYPE ? (JSON.parse(sent) as IDataObject) : {};
		const times: number[] = [];
		for (let call = 0; call < 5; call++) {
			const { context, status } = webhookCall();
			context.getHeaderData.mockReturnValue({});
			context.getRequestObject.mockReturnValue({ rawBody, contentType, query: {} } as never);
			context.getBodyData.mockReturnValue(body);
			const since = process.cpuUsage();
			await receiveCallback(context);
			const { user, system } = process.cpuUsage(since);
			times.push((user + system) / 1000);
			expect(status).toHaveBeenCalledWith(contentType === JSON_TYPE ? 401 : 400);
		}
		// What else the machine does is not what is measured.
		expect(Math.min(...times)).toBeLessThan(20);
	});

	it('knows a signature that came with another body to another trigger', async () => {
		const first = webhookCall();
		await receiveCallback(first.context);
		const second = webhookCall({}, { code: 500, msg: 'unavailable', data: { taskId: 'a' } });
		const captured = first.context.getHeaderData();
		second.context.getHeaderData.mockReturnValue(captured);
		await receiveCallback(second.context);
		expect(second.status).toHaveBeenCalledWith(401);
	});
});
