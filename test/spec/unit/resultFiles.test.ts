import {
	isUpgradedTo,
	readResultFiles,
	withWholeVideo,
} from '../../../nodes/KieVeo/kie/meaning/files';

const A = 'https://file.example/v/a.mp4';
const B = 'http://file.example/v/b.mp4';

/** A URL in that many lists. */
function nested(depth: number): unknown {
	return JSON.parse(`${'['.repeat(depth)}"${A}"${']'.repeat(depth)}`);
}

describe('result URLs', () => {
	it.each<[form: string, data: unknown, urls: string[]]>([
		['a list', { resultUrls: [A, B] }, [A, B]],
		['a single string', { resultUrl: A }, [A]],
		['snake case', { result_urls: [A] }, [A]],
		['under info', { info: { resultUrls: [A] } }, [A]],
		['under response', { response: { resultUrls: [A] } }, [A]],
		['under a response that is JSON text', { response: JSON.stringify({ resultUrls: [A] }) }, [A]],
		['under a job', { resultJson: JSON.stringify({ resultUrls: [A] }) }, [A]],
		['under a job as the list itself', { resultJson: JSON.stringify([A, B]) }, [A, B]],
		['under a job as one URL', { resultJson: A }, [A]],
		['under a job that is not text', { resultJson: { resultUrls: [A] } }, [A]],
		[
			'of a job in 1080p or 4k',
			{ resultJson: JSON.stringify({ data: { result_urls: [A], origin_urls: [B] } }) },
			[A],
		],
		['of a job, parsed', { response: { data: { result_urls: [A] } } }, [A]],
		['the deeper ones first', { resultJson: { resultUrls: [B], data: { result_urls: [A] } } }, [A]],
		['info before a record', { response: { resultUrls: [B] }, info: { resultUrls: [A] } }, [A]],
		[
			'a response before a job',
			{ response: { resultUrls: [A] }, resultJson: { resultUrls: [B] } },
			[A],
		],
		['a job before data', { resultJson: { resultUrls: [A] }, resultUrls: [B] }, [A]],
		['no results yet', { resultJson: '', response: null }, []],
		[
			'only originals',
			{ originUrls: [A], info: { origin_urls: [A] }, resultJson: { data: { origin_urls: [A] } } },
			[],
		],
		['JSON text', { resultUrls: JSON.stringify([A, B]) }, [A, B]],
		['a bare URL instead of the list', { info: { resultUrls: A } }, [A]],
		['a bracketed list without quotes', { resultUrls: `[${A}, ${B}]` }, [A, B]],
		['a bracketed list without blanks', { resultUrls: `[${A},${B}]` }, [A, B]],
		['a bracketed list with single quotes', { resultUrls: `['${A}', '${B}']` }, [A, B]],
		['a URL that ends in brackets', { resultUrl: `${A}?part[1]` }, [`${A}?part[1]`]],
		['a URL that ends in quotes', { resultUrl: `${A}?part='1'` }, [`${A}?part='1'`]],
		['a list with something after it', { resultUrls: `[${A}] or so` }, []],
		['a list with a letter after it', { resultUrls: `[${A}]x` }, []],
		['a quoted URL with something after it', { resultUrls: `['${A}'x]` }, []],
		['a URL within other text', { resultUrls: [`javascript:alert("${A}")`, `${A} or so`] }, []],
		['data that is JSON text itself', JSON.stringify({ resultUrls: [A] }), [A]],
		['info before data', { info: { resultUrls: [A] }, resultUrls: [B] }, [A]],
		['repeated URLs once, in order', { resultUrls: [B, A, B] }, [B, A]],
		['surrounding blanks', { resultUrls: [` ${A} `] }, [A]],
		['no http URL', { resultUrls: ['ftp://x/a.mp4', 'javascript:alert(1)', '', null, 7] }, []],
		['lists in lists in JSON text', { resultUrls: [JSON.stringify([A]), [B]] }, [A, B]],
		['lists nested without end', { resultUrls: nested(100_000) }, []],
		['half a URL', { resultUrls: ['https://'] }, []],
		['null', { resultUrls: null }, []],
		['an empty string', { resultUrl: '' }, []],
		['no data', undefined, []],
		['data null', null, []],
		['a list as data', [A], []],
		['a number as data', 5, []],
	])('%s', (_form, data, urls) => {
		expect(readResultFiles(data).videoUrls).toStrictEqual(urls);
	});

	it('come with preview images, resolution, credits and the id Kie answered with', () => {
		expect(
			readResultFiles({
				task_id: 'kie-id',
				creditsConsumed: 120,
				info: { resultUrls: [A], image_urls: [B], resolution: '1080p' },
			}),
		).toStrictEqual({
			videoUrls: [A],
			fullVideoUrls: [],
			imageUrls: [B],
			resolution: '1080p',
			creditsConsumed: 120,
			taskId: 'kie-id',
		});
	});

	it('of the whole video are kept from the innermost place that names them', () => {
		const data = { response: { resultUrls: [A], fullResultUrls: [B] }, fullResultUrls: [A] };
		expect(readResultFiles(data).fullVideoUrls).toStrictEqual([B]);
	});

	it('under response are left out when the caller does not trust them', () => {
		const data = { response: { resultUrls: [A], resolution: '720p' }, resultUrls: null };
		const files = readResultFiles(data, { trustResponse: (resolution) => resolution === '4k' });
		expect(files.videoUrls).toStrictEqual([]);
	});

	it.each<[place: string, data: object, urls: string[]]>([
		['a response', { response: { resultUrls: [A], resolution: '4k' } }, [A]],
		['a job', { resultJson: { resultUrls: [A], resolution: '4k' } }, [A]],
		['an untrusted job', { resultJson: { resultUrls: [A] } }, []],
		['within a response', { response: { data: { result_urls: [A] }, resolution: '4k' } }, [A]],
		['untrusted within', { response: { data: { result_urls: [A] }, resolution: '1080p' } }, []],
		['an info', { info: { resultUrls: [A] } }, [A]],
	])('are trusted by the resolution of their record: %s', (_place, data, urls) => {
		const files = readResultFiles(data, { trustResponse: (resolution) => resolution === '4k' });
		expect(files.videoUrls).toStrictEqual(urls);
	});

	it('of a job have the resolution of its model, unless they name one', () => {
		const job = (result: object) => ({ model: 'veo/get-4k-video', resultJson: result });
		expect(readResultFiles(job({ resultUrls: [A] })).resolution).toBe('4k');
		expect(readResultFiles(job({ resultUrls: [A], resolution: '2160p' })).resolution).toBe('2160p');
	});

	it('come with an id that is a number', () => {
		expect(readResultFiles({ taskId: 7 }).taskId).toBe('7');
		expect(readResultFiles({ task_id: 8 }).taskId).toBe('8');
	});

	it('of the whole video stand for the part where there is none', () => {
		const whole = readResultFiles({ fullResultUrls: [B] });
		expect(withWholeVideo(whole).videoUrls).toStrictEqual([B]);
		const both = readResultFiles({ resultUrls: [A], fullResultUrls: [B] });
		expect(withWholeVideo(both)).toStrictEqual(both);
	});
});

it.each<[wanted: string | undefined, given: string | null, is: boolean]>([
	['4k', '4K', true],
	['4k', '3840x2160', true],
	['4k', '1080p', false],
	['4k', null, false],
	['1080p', '1080P', true],
	['1080p', '4k', false],
	['1080p', null, false],
	[undefined, '1080p', false],
])('an upgrade to %s, and Kie says %s: %s', (wanted, given, is) => {
	expect(isUpgradedTo(wanted, given)).toBe(is);
});
