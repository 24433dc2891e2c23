import * as fc from 'fast-check';
import * as current from 'n8n-workflow';
import * as old from 'n8n-workflow-old';

import { KieVeoApi } from '../../../credentials/KieVeoApi.credentials';
import {
	trimmedApiKey,
	trimmedBaseUrl,
	trimmedHmacKey,
	unsendableIn,
} from '../../../nodes/KieVeo/kie/connection';

const KEY = '0123456789abcdef0123456789abcdef';
const DEFAULT = 'https://api.kie.ai';

/** What n8n makes of an expression in the credential, in this and in the oldest version of it. */
function resolversOf(credentials: current.ICredentialDataDecryptedObject) {
	const position: [number, number] = [0, 0];
	const node = { id: '1', name: 'n', type: 't', typeVersion: 1, position, parameters: {} };
	const nodeTypes = { getByNameAndVersion: () => ({ description: { properties: [] } }) };
	const parameters = { nodes: [node], connections: {}, active: false, nodeTypes };
	return [current.Workflow, old.Workflow].map((Workflow) => {
		const { expression } = new (Workflow as typeof current.Workflow)(
			parameters as unknown as ConstructorParameters<typeof current.Workflow>[0],
		);
		return (text: string) =>
			expression.getSimpleParameterValue(
				node,
				text,
				'internal',
				{ $credentials: credentials },
				undefined,
				'',
			);
	});
}

const headersOf = (apiKey: unknown) => {
	const { headers = {} } = new KieVeoApi().authenticate.properties;
	const { Authorization: header = '' } = headers as { Authorization?: string };
	return resolversOf({ apiKey } as object as never).map((resolve) => resolve(header));
};
const testedUrls = (baseUrl: unknown) => {
	const { baseURL = '' } = new KieVeoApi().test.request;
	return resolversOf({ baseUrl } as object as never).map((resolve) => resolve(baseURL));
};

describe('an API key', () => {
	it.each([
		` ${KEY}\r\n`,
		`"${KEY}"`,
		`'${KEY}'`,
		`\`${KEY}\``,
		`Bearer ${KEY}`,
		`bearer\u00a0${KEY}`,
		`"Bearer ${KEY}"`,
		`\ufeff${KEY.slice(0, 9)}\u200b${KEY.slice(9)}`,
		`${KEY.slice(0, 16)}\n  ${KEY.slice(16)}`,
	])('is found in %j', (pasted) => {
		expect(trimmedApiKey(pasted)).toBe(KEY);
		expect(headersOf(pasted)).toStrictEqual([`Bearer ${KEY}`, `Bearer ${KEY}`]);
	});

	it.each([
		[undefined, ''],
		[' "" ', ''],
		['Bearer ', ''],
		[7, '7'],
		['sk_Bearer-1.x~', 'sk_Bearer-1.x~'],
		['kйy', 'kйy'],
	])('of %p is %p', (pasted, key) => {
		expect(trimmedApiKey(pasted)).toBe(key);
		expect(headersOf(pasted)).toStrictEqual([`Bearer ${key}`, `Bearer ${key}`]);
	});

	it.each([
		[KEY, undefined],
		['!~', undefined],
		['kйy', 'й'],
		['a😀b', '😀'],
	])('%s has the unsendable character %s', (key, character) => {
		expect(unsendableIn(key)).toBe(character);
	});

	it('is the same for the node and for the request, whatever was pasted', () => {
		const pasted = fc.oneof(
			fc.string({ unit: 'grapheme' }),
			fc.array(fc.constantFrom('Bearer', ' ', '"', '\u200b', ':', 'a}}', '{{1', '\\', '$1', '\n')),
		);
		fc.assert(
			fc.property(pasted, (given) => {
				const text = [given].flat().join('');
				const [header] = headersOf(text);
				expect(header).toBe(`Bearer ${trimmedApiKey(text)}`);
			}),
			{ numRuns: 300 },
		);
	});
});

describe('a webhook HMAC key', () => {
	it.each([
		[` "${KEY}"\r\n`, KEY],
		[`\ufeff${KEY.slice(0, 9)}\u200b${KEY.slice(9)}`, KEY],
		[`${KEY.slice(0, 16)}\n${KEY.slice(16)}`, KEY],
		['bearer-key=+/', 'bearer-key=+/'],
		['""', null],
		[' \u200b', null],
		[undefined, null],
	])('of %j is %j', (pasted, key) => expect(trimmedHmacKey(pasted)).toBe(key));
});

describe('a base URL', () => {
	it.each([
		[undefined, DEFAULT],
		[' / ', DEFAULT],
		[` ${DEFAULT}// `, DEFAULT],
		[`"${DEFAULT}"`, DEFAULT],
		[`${DEFAULT}/API/v1/`, DEFAULT],
		[`${DEFAULT}/api/v1/jobs/`, DEFAULT],
		['https://gateway.example.com/kie/api/v1', 'https://gateway.example.com/kie'],
		// What may be a gateway's own path stays.
		['https://gateway.example.com/api', 'https://gateway.example.com/api'],
		['https://gateway.example.com/api/v1/kie', 'https://gateway.example.com/api/v1/kie'],
		['https://gateway.example.com/api/v1x', 'https://gateway.example.com/api/v1x'],
	])('of %p is %s', (given, url) => {
		expect(trimmedBaseUrl(given) || DEFAULT).toBe(url);
		expect(testedUrls(given)).toStrictEqual([url, url]);
	});
});
