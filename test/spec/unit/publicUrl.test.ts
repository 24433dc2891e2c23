import { publicUrlFault } from '../../../nodes/KieVeo/kie/meaning/publicUrl';

const PUBLIC_API = 'https://api.kie.ai';
const LOCAL_API = 'http://127.0.0.1:3100';

describe('a callback URL', () => {
	it.each([
		'https://n8n.example.com/webhook/x',
		'http://8.8.8.8:5678/x',
		'https://[2606:4700::1111]/',
		'HTTPS://N8N.EXAMPLE.COM/',
		'https://n8n.example.com./x',
		'https://n8n.example.com/?back=https://https://a',
	])('%s can be called by Kie', (url) => expect(publicUrlFault(url, PUBLIC_API)).toBeNull());

	const missing = 'it lacks https:// at its start';
	const other = 'it must start with https:// or http://';
	it.each([
		['', missing],
		['n8n.example.com/webhook', missing],
		['n8n.example.com:5678', missing],
		['n8n.example.com:5678/webhook', missing],
		['n8n.example.com:5678?a', missing],
		['n8n.example.com:5678#a', missing],
		['localhost:5678/webhook', missing],
		['/webhook', missing],
		['//n8n.example.com/webhook', missing],
		['1https://n8n.example.com', missing],
		['https:n8n.example.com', other],
		['https:/n8n.example.com', other],
		['ftp://n8n.example.com/', other],
		['FTP://n8n.example.com/', other],
		['data:image/png;base64,AAAA', other],
		['javascript:alert(1)', other],
		['tel:5678x', other],
		['h323:call', other],
		['https://', 'it is not a complete URL'],
		['https://a..b/x', 'it is not a complete URL'],
		['https://.com/x', 'it is not a complete URL'],
		['https://n8n.example.com../x', 'it is not a complete URL'],
		['https://./x', 'it is not a complete URL'],
		['https://n8n.example.com:port/', 'it is not a complete URL'],
		['https://a.example.com/1.jpg, b.example.com/2.jpg', 'it has a space or line break in it'],
		['http://https://n8n.example.com', 'it has https:// or http:// at its start twice'],
		['http://https//n8n.example.com', 'it has https:// or http:// at its start twice'],
		['HTTPS://HTTP:n8n.example.com', 'it has https:// or http:// at its start twice'],
	])('%s is not a web address', (url, fault) => {
		expect(publicUrlFault(url, PUBLIC_API)).toBe(fault);
		expect(publicUrlFault(url, LOCAL_API)).toBe(fault);
	});

	it.each([
		[253, null],
		[254, 'it is not a complete URL'],
	])('with a host of %i characters gives %s', (length, fault) => {
		const host = `${'a'.repeat(length - 12)}.example.com`;
		expect(publicUrlFault(`https://${host}/`, PUBLIC_API)).toBe(fault);
	});

	it('on a private host is refused while the API is public, and allowed while it is private too', () => {
		const url = 'http://localhost:5678/webhook/x';
		expect(publicUrlFault(url, PUBLIC_API)).toContain('"localhost"');
		expect(publicUrlFault(url, 'not an address')).toContain('"localhost"');
		expect(publicUrlFault(url, LOCAL_API)).toBeNull();
	});
});
