import { fileNameOf, fileNameOfUrl, mimeTypeOf } from '../../../nodes/KieVeo/files/download';

const URL_1 = 'https://tempfile.example.com/v/one.mp4';

describe('names and types of files', () => {
	it.each([
		['video/mp4; charset=x', URL_1, 'video/mp4'],
		['application/octet-stream', URL_1, 'video/mp4'],
		['application/octet-stream', 'https://e.com/a.JPG', 'image/jpeg'],
		[undefined, 'https://e.com/a', 'video/mp4'],
		['image/png', URL_1, 'image/png'],
		[undefined, 'https://e.com/a.zip', 'application/octet-stream'],
		['text/html', URL_1, null],
		['application/json', URL_1, null],
	])('%s at %s is %s', (header, url, type) => {
		expect(mimeTypeOf(header, url)).toBe(type);
	});

	it.each([
		[fileNameOf('veo_task_1', 0, '4k'), 'veo_task_1-0-4k'],
		[fileNameOf('../../etc/passwd', null, null), '_.._etc_passwd'],
		[fileNameOfUrl('https://e.com/v/one%20two.mp4?x=1'), 'one_20two'],
		[fileNameOfUrl('https://e.com/'), 'video'],
	])('%s', (name, expected) => {
		expect(name).toBe(expected);
	});
});
