import {
	addressKey,
	readSubmission,
	SUBMISSION_PARAMETER,
	withModel,
	withSubmission,
	type Submission,
} from '../../../nodes/KieVeo/addresses/submission';

const key = addressKey('kie-api-key');
const submission: Submission = {
	operation: 'get4k',
	taskId: 'veo_task_1',
	index: 2,
	passThrough: {
		order: { id: 42, tags: ['ä', '視頻', '🎬'], nested: { deep: [null, true, 1.5] } },
	},
};
const HOOK = 'https://n8n.example.com/webhook/abc/webhook';

const WAITING = { execution: '17', round: -1, item: 3 };

const tokenIn = (url: string) => new URL(url).searchParams.get(SUBMISSION_PARAMETER) ?? '';
const token = tokenIn(withSubmission(HOOK, submission, key));

describe('a callback address', () => {
	it.each<[what: string, about: Submission]>([
		['the submission', submission],
		[
			'which execution and item wait for it',
			{ operation: 'generate', taskId: null, index: null, waiting: WAITING },
		],
	])('carries %s there and back', (_what, about) => {
		expect(readSubmission(tokenIn(withSubmission(HOOK, about, key)), key)).toStrictEqual(about);
	});

	it.each([
		[HOOK, `${HOOK}?`],
		[`${HOOK}?a=1&b=x%20y+z`, `${HOOK}?a=1&b=x%20y+z&`],
		[`${HOOK}?a=1#part`, `${HOOK}?a=1&`],
	])('keeps what is in %s', (url, start) => {
		const address = withSubmission(url, submission, key);
		expect(address.startsWith(`${start}${SUBMISSION_PARAMETER}=`)).toBe(true);
		expect(new URL(address).hash).toBe(new URL(url).hash);
	});

	it('takes in the tier that was asked for, where it was made here', () => {
		const url = withModel(withSubmission(`${HOOK}?a=1`, submission, key), 'veo3_lite', key);
		expect(readSubmission(tokenIn(url), key)).toStrictEqual({ ...submission, model: 'veo3_lite' });
		const strange = withSubmission(HOOK, submission, addressKey('another'));
		for (const other of [HOOK, strange]) expect(withModel(other, 'veo3_lite', key)).toBe(other);
	});

	it('replaces the part of an earlier submission', () => {
		const once = withSubmission(`${HOOK}?a=1`, { ...submission, index: 7 }, key);
		const twice = new URL(withSubmission(once, submission, key));
		expect(twice.searchParams.getAll(SUBMISSION_PARAMETER)).toStrictEqual([token]);
		expect(twice.searchParams.get('a')).toBe('1');
	});

	it('is made and read alike by every version: callbacks may be under way during an update', () => {
		const made = withSubmission(
			'https://a.example/',
			{ operation: 'get4k', taskId: 'a', index: 0 },
			key,
		);
		expect(made).toBe(
			'https://a.example/?kieVeo=eyJvcGVyYXRpb24iOiJnZXQ0ayIsInRhc2tJZCI6ImEiLCJpbmRleCI6MH0.iVHzOTbj4wyEvvkqOV899hM1lBI8mocMXlkIB_AjZx8',
		);
	});

	const get4k = { operation: 'get4k', taskId: 'a' };
	it.each<[what: string, submission: unknown, read: object | null]>([
		[
			'fields of a kind this version does not know',
			{ ...get4k, index: 'first', passThrough: 'text' },
			{ ...get4k, index: null },
		],
		...[{ execution: 17 }, { round: '0' }].map((changes): [string, unknown, object] => [
			`someone who waits: ${JSON.stringify(changes)}`,
			{ ...get4k, index: 0, waiting: { ...WAITING, ...changes } },
			{ ...get4k, index: 0 },
		]),
		['an operation this version does not know', { operation: 'get8k', taskId: 'a' }, null],
		['null', null, null],
	])('made by another version is read as far as it is understood: %s', (_what, made, read) => {
		const address = withSubmission(HOOK, made as Submission, key);
		expect(readSubmission(tokenIn(address), key)).toStrictEqual(read);
	});

	it('does not show the API key', () => {
		expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('kie-api-key');
		expect(token).not.toContain(key.toString('base64url'));
	});

	const [payload = '', proof = ''] = token.split('.');
	const forged = Buffer.from(JSON.stringify({ ...submission, index: 0 })).toString('base64url');
	it.each<[name: string, value: unknown]>([
		['another payload', `${forged}.${proof}`],
		['another proof', `${payload}.${proof.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`],
		['a cut proof', `${payload}.${proof.slice(0, -1)}`],
		['no proof', payload],
		['a proof as long in characters, not in bytes', `${payload}.${proof.replace(/^./, 'ö')}`],
		['a proof with padding', `${payload}.${proof}=`],
		['a third part', `${token}.x`],
		['the parameter twice', [token, token]],
		['no parameter', undefined],
		['another API key', tokenIn(withSubmission(HOOK, submission, addressKey('another')))],
	])('is refused with %s', (_name, value) => {
		expect(readSubmission(value, key)).toBeNull();
	});
});
