import { hasSignature, signatureFault } from '../../../nodes/KieVeo/kie/callback/request';

/** HMAC-SHA256 of "task ID.time" in Base64, as `openssl dgst -sha256 -hmac` gives it. */
const KNOWN_SIGNATURES: Array<[key: string, taskId: string, time: string, signature: string]> = [
	[
		'test-webhook-hmac-key',
		'ee9c2715375b7837f8bb51d641ff5863',
		'1769670760',
		'xG6/yOyrMyJtUdc1yjmHpKLHSHF3MpzOPa6uxSj3qb4=',
	],
	[
		'test-webhook-hmac-key',
		'veo_task_abcdef123456',
		'1769670760',
		'E2IEIq8r/Oe2jzBnOb91/MwENZE9tEEkzU5WzdjXU0o=',
	],
	['k', 'veo_task_example123', '1760000000', 'AkYTwBXuYj3G37FH1hJyiyJ5WNrX7kpbfTyFPI99ab0='],
];
const check = {
	key: 'test-webhook-hmac-key',
	taskId: 'veo_task_abcdef123456',
	headers: {
		'x-webhook-timestamp': '1769670760',
		'x-webhook-signature': 'E2IEIq8r/Oe2jzBnOb91/MwENZE9tEEkzU5WzdjXU0o=',
	} as { [name: string]: unknown },
	now: 1769670760,
	tolerance: 300,
};
const { 'x-webhook-signature': signature } = check.headers;
const faultOf = ({ headers, ...rest }: typeof check) => signatureFault(headers, rest);

describe("Kie's signature", () => {
	it.each(KNOWN_SIGNATURES)('holds for key %s, task %s, time %s', (key, taskId, time, value) => {
		const headers = { 'x-webhook-timestamp': time, 'x-webhook-signature': value };
		expect(faultOf({ key, taskId, headers, now: Number(time), tolerance: 300 })).toBeNull();
	});

	it.each([300, -300])('holds %d s from now, with a tolerance of 300 s', (age) => {
		expect(faultOf({ ...check, now: check.now + age })).toBeNull();
	});

	const MISSING = 'X-Webhook-Signature is missing';
	const stale = "the signed time is 301 s old, more than the 300 s of 'Tolerance'";
	const withSignature = (value: unknown) => ({
		headers: { ...check.headers, 'x-webhook-signature': value },
	});
	const at = (time: string) => ({ headers: { ...check.headers, 'x-webhook-timestamp': time } });
	const timeless = { headers: { 'x-webhook-signature': signature } };

	it.each<[name: string, changes: Partial<typeof check>, reason: string]>([
		['no headers', { headers: {} }, MISSING],
		['no timestamp', timeless, 'X-Webhook-Timestamp is missing'],
		['a header that came twice', withSignature(`${String(signature)}, x`), 'does not match'],
		['no text', withSignature([signature, signature]), MISSING],
		['a time that is not a number', at('1769670760.0'), 'not Unix seconds'],
		['the same time, written differently', at('01769670760'), 'does not match'],
		['another key', { key: 'other' }, 'does not match'],
		['another task', { taskId: 'veo_task_other' }, 'does not match'],
		['a cut signature', withSignature(String(signature).slice(0, -1)), 'does not match'],
		['a stale time', { now: check.now + 301 }, stale],
		['a time in the future', { now: check.now - 301 }, 'the signed time is 301 s in the future'],
	])('is refused with %s', (_name, changes, reason) => {
		expect(faultOf({ ...check, ...changes })).toContain(reason);
	});

	it('is not told, nor the key, in the reason', () => {
		const reason = String(faultOf({ ...check, taskId: 'other' }));
		expect(reason).not.toContain(check.key);
		expect(reason).not.toContain('=');
	});
});

describe('a request', () => {
	it.each<[claim: boolean, headers: object]>([
		[true, { host: 'a', 'x-webhook-signature': 'x', 'x-webhook-timestamp': '1' }],
		[true, { host: 'a', 'x-webhook-signature': '' }],
		[true, { host: 'a', 'x-webhook-timestamp': '1' }],
		[false, { host: 'a', 'x-webhook-signature-version': '1' }],
		[false, {}],
	])('claims (%s) to be signed by Kie with the headers %j', (claim, headers) => {
		expect(hasSignature({ ...headers })).toBe(claim);
	});
});
