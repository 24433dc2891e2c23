import type { IBinaryData } from 'n8n-workflow';

import { imageOfDataUrl, isDataUrl } from '../../../nodes/KieVeo/actions/video/dataUrl';
import { imageTypeOf, imageTypeOfContent } from '../../../nodes/KieVeo/actions/video/imageType';

const JPEG = { mimeType: 'image/jpeg', extension: 'jpg' };
const PNG = { mimeType: 'image/png', extension: 'png' };
const WEBP = { mimeType: 'image/webp', extension: 'webp' };

describe('an image in a binary field', () => {
	it.each<[file: Partial<IBinaryData>, type: object]>([
		[{ mimeType: 'image/png' }, PNG],
		[{ mimeType: 'image/jpeg', fileName: 'a.png' }, JPEG],
		[{ mimeType: 'IMAGE/JPEG', fileName: 'P.JPG' }, JPEG],
		[{ mimeType: ' image/png; charset=utf-8', fileName: 'p.png' }, PNG],
		[{ mimeType: 'image/webp;q=1\r\n' }, WEBP],
		[{ mimeType: 'image/jpg' }, JPEG],
		[{ mimeType: 'image/pjpeg' }, JPEG],
		[{ mimeType: 'image/x-png' }, PNG],
		[{ mimeType: 'image/x-webp' }, WEBP],
		[{ mimeType: 'image/jfif' }, JPEG],
		[{ mimeType: 'image/x-jpg' }, JPEG],
		[{ mimeType: 'image/x-jpeg' }, JPEG],
		[{ mimeType: 'image/jpeg charset=binary' }, JPEG],
		[{ mimeType: 'image/x-unknown-kind', fileName: 'a.png' }, PNG],
		[{ mimeType: 'image/gif', fileName: 'a.jpg' }, JPEG],
		[{ mimeType: 'application/octet-stream', fileName: 'photo.jpg:large' }, JPEG],
		[{ mimeType: 'application/octet-stream', fileName: 'photo.jpg;charset=x' }, JPEG],
		[{ mimeType: 'application/octet-stream', fileName: 'image.jpg (1)' }, JPEG],
		[{ mimeType: 'application/octet-stream', fileName: 'https://a.example/a?name=b.png' }, PNG],
		[{ mimeType: '"image/png"' }, PNG],
		[{ mimeType: 'image/png, image/png' }, PNG],
		[{ mimeType: 'application/octet-stream', fileName: 'a.jfif' }, JPEG],
		[{ mimeType: 'image/gif' }, { mimeType: 'image/gif', extension: 'gif' }],
		[{ mimeType: 'image/svg+xml' }, { mimeType: 'image/svg+xml', extension: 'svg' }],
		[{ mimeType: 'application/octet-stream', fileName: 'file_12.jpg', fileExtension: 'jpg' }, JPEG],
		[{ mimeType: 'APPLICATION/OCTET-STREAM; x=y', fileName: 'a.JPEG' }, JPEG],
		[{ mimeType: 'application/octet-stream', fileExtension: 'PNG' }, PNG],
		[{ mimeType: 'binary/octet-stream', fileName: 'product.png', fileExtension: 'png' }, PNG],
		[{ mimeType: 'text/plain', fileName: 'frame.webp', fileExtension: 'webp' }, WEBP],
		[{ mimeType: 'text/plain', fileName: 'frame.webp', fileExtension: 'txt' }, WEBP],
		[{ mimeType: 'text/plain', fileName: 'frame', fileExtension: 'webp' }, WEBP],
		[{ mimeType: 'text/plain; charset=utf-8', fileName: 'a.b.png ' }, PNG],
		[{ mimeType: '', fileName: 'photo.jpg?size=large' }, JPEG],
		[{ fileName: 'photo.jpg' }, JPEG],
		...[
			...['*/*', 'application/binary', 'application/download', 'application/force-download'],
			...['application/unknown', 'application/x-binary', 'application/x-download'],
			...['application/x-octet-stream', 'image', 'image/*', 'png', 'undefined'],
			...['application/octet', 'application/x-unknown-content-type', 'application/png'],
			...['application/octetstream', 'application/x-octetstream', 'unknown/unknown'],
			...['application/x-png', 'application/x-jpg', 'image/octet-stream', 'image/unknown'],
			...['binary/x', 'application/octet-stream charset=binary'],
			...['multipart/form-data', 'application/x-www-form-urlencoded'],
		].map((mimeType): [Partial<IBinaryData>, object] => [{ mimeType, fileName: 'a.png' }, PNG]),
	])('%p is taken', (file, type) => expect(imageTypeOf(file)).toStrictEqual(type));

	it.each<[file: Partial<IBinaryData>]>([
		[{ mimeType: 'application/pdf', fileName: 'a.pdf' }],
		[{ mimeType: 'application/pdf', fileName: 'a.png' }],
		[{ mimeType: 'video/mp4', fileName: 'a.jpg' }],
		[{ mimeType: 'application/octet-stream', fileName: 'blob' }],
		[{ mimeType: 'application/octet-stream', fileName: 'png' }],
		[{ mimeType: 'application/octet-stream', fileName: 'a.pdf', fileExtension: 'pdf' }],
		[{ mimeType: 'application/octet-stream', fileName: 'a.png.zip' }],
		[{ mimeType: 'text/plain', fileName: 'a.txt' }],
		[{ mimeType: 'text/html', fileName: 'a.jpg' }],
		[{ mimeType: 'application/json', fileName: 'a.jpg' }],
		[{ mimeType: 'application/zip', fileName: 'a.jpg' }],
		[{ mimeType: 'image/octet-stream', fileName: 'a.pdf' }],
		[{ mimeType: 'image/unknown' }],
		[{ mimeType: '' }],
		[{}],
		[{ mimeType: 'image/' }],
		[{ mimeType: 'notimage/png' }],
	])('%p is not', (file) => expect(imageTypeOf(file)).toBeNull());
});

describe('the first bytes', () => {
	const riff = (format: string) => Buffer.from(`RIFF\n\0\0\0${format}VP8 `, 'latin1');
	it.each<[what: string, content: Buffer, type: object | null]>([
		['JPEG', Buffer.from('ffd8ffe000104a46', 'hex'), JPEG],
		['PNG', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), PNG],
		['WebP', riff('WEBP'), WEBP],
		['WAV', riff('WAVE'), null],
		['GIF', Buffer.from('GIF89a'), null],
		['text', Buffer.from('AAAA'), null],
		['nothing', Buffer.alloc(0), null],
	])('of %s', (_what, content, type) => expect(imageTypeOfContent(content)).toStrictEqual(type));
});

describe('a data URL', () => {
	const bytes = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(20_000, 7)]);
	const base64 = bytes.toString('base64');

	it.each([
		['data:https://example.com', true],
		['DATA:image/png;base64,AAAA', true],
		['https://example.com/data:', false],
	])('is recognised in %s: %p', (url, expected) => expect(isDataUrl(url)).toBe(expected));

	it.each([
		`data:image/png;base64,${base64}`,
		`DATA:image/jpeg;charset=utf-8;BASE64,${base64}`,
		`data:;base64,${base64}`,
		`data:image/png;base64,${bytes.toString('base64url')}`,
		`data:image/png;base64,${base64.replace(/(.{76})/g, '$1\r\n')}`,
	])('gives its image, whatever type it claims', async (url) => {
		const image = imageOfDataUrl(url);
		if ('fault' in image) throw new Error(image.fault);
		expect(image).toMatchObject(PNG);
		await expect(image.open()).resolves.toStrictEqual({ content: bytes, size: bytes.length });
	});

	it.each([
		['data:image/png;base64,', 'not base64'],
		['data:image/png,%89PNG', 'not base64'],
		['data:image/png;base64', 'not base64'],
		['data:image/png;base64,%89PNG', 'not base64'],
		[`data:image/png;base64,${'A'.repeat(4_000_000)}`, 'without a JPG, PNG or WebP image'],
		[`data:application/pdf;base64,${btoa('%PDF-1.7')}`, 'without a JPG, PNG or WebP image'],
		[`data:image/png;base64,${base64}${'A'.repeat(14_000_000)}`, 'more than 10 MB'],
	])('is refused without being repeated', (url, fault) => {
		const image = imageOfDataUrl(url);
		expect(image).toStrictEqual({ fault: expect.stringContaining(fault) });
		expect(JSON.stringify(image).length).toBeLessThan(100);
	});
});
