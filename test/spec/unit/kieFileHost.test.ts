import { isKieFileUrl } from '../../../nodes/KieVeo/kie/meaning/kieFileHost';

const PUBLIC_API = 'https://api.kie.ai';
const TEST_API = 'http://127.0.0.1:3100';

describe('a file of Kie', () => {
	it.each([
		'https://tempfile.aiquickdraw.com/v/one.mp4',
		'https://file.aiquickdraw.com/v/one.mp4',
		'https://aiquickdraw.com/v/one.mp4',
		'https://tempfile.redpandaai.co/images/one.png',
		'https://static.kie.ai/one.mp4',
		'https://TEMPFILE.AIQUICKDRAW.COM./v/one.mp4',
	])('is at %s', (url) => {
		expect(isKieFileUrl(url, PUBLIC_API)).toBe(true);
		expect(isKieFileUrl(url, TEST_API)).toBe(true);
	});

	it.each([
		'https://bucket.s3.amazonaws.com/one.mp4?X-Amz-Signature=s',
		'https://aiquickdraw.com@bucket.example.com/one.mp4',
		'https://aiquickdraw.com.example.com/one.mp4',
		'https://notaiquickdraw.com/one.mp4',
		'https://example.com/aiquickdraw.com/one.mp4',
		'http://10.0.0.1/one.mp4',
		'https://127.0.0.1.example.com/one.mp4',
	])('is not at %s', (url) => {
		expect(isKieFileUrl(url, PUBLIC_API)).toBe(false);
		expect(isKieFileUrl(url, TEST_API)).toBe(false);
	});

	it('is on the host of the API only where that is a test server', () => {
		expect(isKieFileUrl('http://127.0.0.1:3102/v/one.mp4', TEST_API)).toBe(true);
		expect(
			isKieFileUrl('https://gateway.example.com/v/one.mp4', 'https://gateway.example.com'),
		).toBe(false);
	});
});
