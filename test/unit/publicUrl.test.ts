import { publicUrlFault, isPrivateHost } from '../../nodes/KieVeo/kie/meaning/publicUrl';

const PUBLIC_API = 'https://api.kie.ai';
const LOCAL_API = 'http://127.0.0.1:3100';

describe('a callback URL', () => {
	it.each([
		'https://n8n.example.com/webhook/x',
		'http://203.0.113.7:5678/x',
		'https://[2001:db8::1]/',
	])('%s can be called by Kie', (url) => expect(publicUrlFault(url, PUBLIC_API)).toBeNull());

	it.each([
		['n8n.example.com/webhook', 'it is not a complete URL'],
		['https://', 'it is not a complete URL'],
		['https://a.example.com/1.jpg, b.example.com/2.jpg', 'it has a space or line break in it'],
		['ftp://n8n.example.com/', 'it must start with https:// or http://'],
		['javascript:alert(1)', 'it must start with https:// or http://'],
	])('%s is no web address', (url, fault) => {
		expect(publicUrlFault(url, PUBLIC_API)).toBe(fault);
		expect(publicUrlFault(url, LOCAL_API)).toBe(fault);
	});

	it('on a private host is refused while the API is public, and allowed while it is private too', () => {
		expect(publicUrlFault('http://localhost:5678/webhook/x', PUBLIC_API)).toContain('localhost');
		expect(publicUrlFault('http://localhost:5678/webhook/x', LOCAL_API)).toBeNull();
	});
});

describe('a private host', () => {
	it.each([
		'localhost',
		'n8n',
		'n8n.localhost',
		'printer.local',
		'n8n.internal',
		'nas.lan',
		'nas.lan.',
		'gateway.home.arpa',
		'127.0.0.1',
		'127.8.9.10',
		'10.0.0.1',
		'172.16.0.1',
		'172.31.255.255',
		'192.168.1.1',
		'169.254.1.1',
		'100.64.0.1',
		'100.127.255.255',
		'0.0.0.0',
		'[::1]',
		'[::]',
		'[fd00::1]',
		'[fe80::1]',
		'[::ffff:7f00:1]',
		'[::ffff:c0a8:101]',
	])('%s', (host) => expect(isPrivateHost(host)).toBe(true));

	it.each([
		'example.com',
		'localhost.example.com',
		'nas.lan.example.com',
		'10.0.0.1.example.com',
		'172.15.0.1',
		'172.32.0.1',
		'100.63.0.1',
		'100.128.0.1',
		'192.169.0.1',
		'11.0.0.1',
		'8.8.8.8',
		// Each of them private after another first or second number.
		...['8.64.0.1', '8.254.0.1', '169.8.0.1', '8.16.0.1', '8.168.0.1'],
		'[2606:4700::1111]',
		'[::ffff:808:808]',
		'[::ffff:7f00:1:2]',
		'[2001:db8::ffff:7f00:1]',
		'[2001:db8::fd00]',
		'[2001:db8::fe80]',
	])('not %s', (host) => expect(isPrivateHost(host)).toBe(false));

	it.each(['http://2130706433/', 'http://0x7f.1/', 'http://127.1/'])(
		'also in the spelling %s, which URL normalises',
		(url) => expect(isPrivateHost(new URL(url).hostname)).toBe(true),
	);
});
