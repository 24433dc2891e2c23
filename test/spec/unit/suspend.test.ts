import { mock, mockDeep } from 'jest-mock-extended';
import type { IExecuteFunctions, INode, IWebhookFunctions } from 'n8n-workflow';

import { KieVeoError } from '../../../nodes/KieVeo/messages/error';
import { inputErrors } from '../../../nodes/KieVeo/messages/input';
import { resumeOnCallback } from '../../../nodes/KieVeo/suspension/resume';
import { resumeAddress } from '../../../nodes/KieVeo/suspension/suspend';

const PUBLIC_API = 'https://api.kie.ai';
const WAITING = 'webhook-waiting/1';

/** @param url what n8n says */
function addressFor(url: unknown, api = PUBLIC_API): string {
	const context = {
		getNode: () => ({ type: 'n8n-nodes-kie-veo.kieVeo', name: 'Kie.ai' }),
		getExecutionId: () => '1',
		evaluateExpression: () => url,
	};
	return resumeAddress(context as unknown as IExecuteFunctions, api);
}

function refusal(url: string): KieVeoError {
	try {
		addressFor(url);
	} catch (error) {
		if (error instanceof KieVeoError) return error;
	}
	throw new Error(`${url} is not refused`);
}

describe('an address that resumes an execution', () => {
	it.each([
		[`https://n8n.example.com/${WAITING}`, PUBLIC_API],
		[`https://n8n.example.com/n8n/${WAITING}?signature=s`, PUBLIC_API],
		[`http://localhost:5678/${WAITING}`, 'http://127.0.0.1:3100'],
	])('%s is good for the API at %s', (url, api) => {
		expect(addressFor(url, api)).toContain(`/${WAITING}/kie-veo`);
	});

	it.each<[url: string, base: string, fault: string, whole: boolean]>([
		[`http://localhost:5678/${WAITING}`, 'http://localhost:5678', 'private network', false],
		[`http://https://n8n.example.com/${WAITING}`, 'http://https://n8n.example.com', 'twice', true],
		[`/${WAITING}`, 'this n8n', 'lacks https://', true],
	])('%s is refused with advice that fits', (url, base, fault, whole) => {
		const { message, description: advice } = refusal(url);
		expect(message).toContain(`could not call ${base}: `);
		expect(message).toContain(fault);
		expect(advice).toContain('N8N_WEBHOOK_URL');
		expect(advice).toContain('every worker');
		expect(advice.includes('starts with https://')).toBe(whole);
	});

	it.each([undefined, null, ''])('that n8n gives as %j is named as what is missing', (url) => {
		expect(() => addressFor(url)).toThrow(inputErrors.suspendedWithoutAddress());
	});

	it('is never repeated at length, nor with its signature', () => {
		const url = `${'x'.repeat(10_000)}/${WAITING}?signature=secret`;
		const { message } = refusal(url);
		expect(message).not.toContain('secret');
		expect(message.length).toBeLessThan(300);
	});
});

it.each<[what: string, kieVeo: string | undefined, credentialsRead: number]>([
	['does not have our part', undefined, 0],
	['has a part that was not made here', 'e30.x', 1],
])('a call whose address %s costs no expression', async (_what, kieVeo, credentialsRead) => {
	const context = mockDeep<IWebhookFunctions>();
	const status = jest.fn().mockReturnThis();
	context.getQueryData.mockReturnValue({});
	context.getNode.mockReturnValue(mock<INode>({ name: 'Kie.ai' }));
	context.getCredentials.mockResolvedValue({ apiKey: 'k', baseUrl: 'https://api.kie.ai' });
	context.getRequestObject.mockReturnValue({ query: { kieVeo } } as never);
	context.getResponseObject.mockReturnValue({ status, json: jest.fn() } as never);
	await resumeOnCallback(context);
	expect(status).toHaveBeenCalledWith(401);
	expect(context.getCredentials).toHaveBeenCalledTimes(credentialsRead);
	expect(context.evaluateExpression).not.toHaveBeenCalled();
});
