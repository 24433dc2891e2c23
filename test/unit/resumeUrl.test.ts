import type { IExecuteFunctions } from 'n8n-workflow';

import { KieVeoError } from '../../nodes/KieVeo/messages/errors';
import { resumeAddress } from '../../nodes/KieVeo/suspension/suspend';

const PUBLIC_API = 'https://api.kie.ai';
const WAITING = 'webhook-waiting/1';

/** What the node does in an execution that n8n gives this address. */
function resume(url: string | null, api = PUBLIC_API, { id = '1', type = 'kieVeo' } = {}) {
	const context = {
		getNode: () => ({ type }),
		getExecutionId: () => id,
		evaluateExpression: () => url,
	};
	try {
		return resumeAddress(context as unknown as IExecuteFunctions, api);
	} catch (error) {
		if (error instanceof KieVeoError) return error;
		throw error;
	}
}
const refusal = (...given: Parameters<typeof resume>) => {
	const refused = resume(...given);
	if (typeof refused === 'string') throw new Error(`${refused} was accepted`);
	return { message: refused.message, advice: refused.description ?? '' };
};

describe('an address that resumes an execution', () => {
	it.each([
		[`https://n8n.example.com/${WAITING}`, PUBLIC_API, `/${WAITING}/kie-veo`],
		[`https://n8n.example.com/${WAITING}/`, PUBLIC_API, `/${WAITING}/kie-veo`],
		[
			`https://n8n.example.com/n8n/${WAITING}?signature=s`,
			PUBLIC_API,
			`/n8n/${WAITING}/kie-veo?signature=s`,
		],
		[`http://localhost:5678/${WAITING}`, 'http://127.0.0.1:3100', `/${WAITING}/kie-veo`],
	])('%s is good for the API at %s', (url, api, path) => {
		expect(resume(url, api)).toBe(`${new URL(url).origin}${path}`);
	});

	it.each<[url: string, base: string, fault: string, whole: boolean]>([
		[`http://localhost:5678/${WAITING}`, 'http://localhost:5678', 'private network', false],
		[`http://0.0.0.0:5678/${WAITING}`, 'http://0.0.0.0:5678', 'private network', false],
		[
			`http://n8n-abc.192.168.1.20.sslip.io/${WAITING}?signature=s`,
			'http://n8n-abc.192.168.1.20.sslip.io',
			'private network',
			false,
		],
		[`http://n8n.10.0.0.5.nip.io/${WAITING}`, 'http://n8n.10.0.0.5.nip.io', 'private', false],
		[`https://n8n.localdomain/${WAITING}`, 'https://n8n.localdomain', 'private network', false],
		[`https://n8n.test/${WAITING}`, 'https://n8n.test', 'private network', false],
		[`n8n.example.com/${WAITING}`, 'n8n.example.com', 'lacks https://', true],
		[`n8n.example.com:5678/${WAITING}`, 'n8n.example.com:5678', 'lacks https://', true],
		[`http://https://n8n.example.com/${WAITING}`, 'http://https://n8n.example.com', 'twice', true],
		[`/${WAITING}`, 'this n8n', 'lacks https://', true],
	])('%s is refused with advice that fits', (url, base, fault, whole) => {
		const { message, advice } = refusal(url);
		expect(message).toContain(`could not call ${base}: `);
		expect(message).toContain(fault);
		expect(advice).toContain('N8N_WEBHOOK_URL');
		expect(advice).toContain('every worker');
		expect(advice.includes('starts with https://')).toBe(whole);
	});

	it('is never repeated at length, nor with its signature', () => {
		const { message } = refusal(`${'x'.repeat(10_000)}/${WAITING}?signature=secret`);
		expect(message).not.toContain('secret');
		expect(message.length).toBeLessThan(300);
	});

	it.each<[where: string, given: Parameters<typeof resume>, message: string]>([
		['that n8n does not give', [null], 'cannot be used here'],
		['of an AI agent', [null, PUBLIC_API, { type: 'kieVeoTool' }], 'as a tool of an AI agent'],
		[
			"of n8n's engine 2.0, which does not wait",
			[
				`https://n8n.example/${WAITING}`,
				PUBLIC_API,
				{ id: '019a9d3c-1c5e-7abc-8def-0123456789ab' },
			],
			'engine 2.0',
		],
	])('%s is refused', (_where, given, message) => {
		expect(refusal(...given).message).toContain(message);
	});
});
