import { createHmac } from 'node:crypto';

import { mock, mockDeep } from 'jest-mock-extended';
import type { IDataObject, INode, IWebhookFunctions } from 'n8n-workflow';

import { receiveCallback } from '../../../nodes/KieVeo/trigger/receive';

const KEY = 'webhook-hmac-key';
const CREDENTIAL = { apiKey: 'api-key', webhookSecret: KEY, baseUrl: 'https://api.kie.ai' };
let nodes = 0;

function signedHeaders(taskId: string) {
	const timestamp = String(Math.floor(Date.now() / 1000));
	const signature = createHmac('sha256', KEY).update(`${taskId}.${timestamp}`).digest('base64');
	return { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature };
}

/** A webhook call on a trigger nobody has called before, with a signed callback for task "a". */
function webhookCall(parameters: IDataObject = {}) {
	const context = mockDeep<IWebhookFunctions>();
	const status = jest.fn().mockReturnThis();
	const body = { code: 200, msg: '', data: { taskId: 'a', resultUrls: ['https://a.example/1'] } };
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
		query: {},
	} as never);
	context.getResponseObject.mockReturnValue({ status, json: jest.fn(), once: jest.fn() } as never);
	return { context, status };
}

describe('the trigger', () => {
	it('delivers what cannot be classified although none of its events is selected', async () => {
		const { context } = webhookCall();
		const { workflowData, webhookResponse } = await receiveCallback(context);
		expect(workflowData?.[0]?.[0]?.json).toMatchObject({ taskId: 'a', event: 'unknown.success' });
		expect(webhookResponse).toStrictEqual({ code: 200, msg: 'success' });
	});

	it.each<[name: string, spoil: (context: IWebhookFunctions) => void, reason: string]>([
		[
			'the credential was deleted',
			(context) => {
				jest.mocked(context.getCredentials).mockRejectedValue(new Error('no credential'));
			},
			'no credential',
		],
		[
			'a parameter cannot be used',
			(context) => {
				jest.mocked(context.getNodeParameter).mockReturnValue({ tolerance: 'soon' } as never);
			},
			"'Tolerance' must be a number",
		],
	])('answers 503 and does not throw when %s', async (_name, spoil, reason) => {
		const { context, status } = webhookCall();
		spoil(context);
		const { workflowData } = await receiveCallback(context);
		expect(workflowData).toBeUndefined();
		expect(status).toHaveBeenCalledWith(503);
		expect(jest.mocked(context.logger.warn).mock.calls[0]?.[0]).toContain(reason);
	});

	it('answers 401 when the key was taken out of the credential', async () => {
		const { context, status } = webhookCall();
		context.getCredentials.mockResolvedValue({ ...CREDENTIAL, webhookSecret: '' });
		await receiveCallback(context);
		expect(status).toHaveBeenCalledWith(401);
	});

	it('answers 503 when Kie.ai does not confirm within 10 s, so that it calls again', async () => {
		const { context, status } = webhookCall({ options: { confirm: true } });
		const limit = new AbortController();
		const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
		// The time is over as soon as Kie is asked, and Kie never answers.
		const never = () => {
			setImmediate(() => limit.abort());
			return new Promise<never>(() => undefined);
		};
		context.helpers.httpRequestWithAuthentication.call = never as never;
		context.helpers.httpRequestWithAuthentication.mockImplementation(never);
		await receiveCallback(context);
		expect(timeout.mock.calls).toStrictEqual([[10_000]]);
		expect(status).toHaveBeenCalledWith(503);
		expect(jest.mocked(context.logger.warn).mock.calls[0]?.[0]).toContain('within 10 s');
		timeout.mockRestore();
	});
});
