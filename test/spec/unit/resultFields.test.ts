import {
	faultOfTask,
	otherTier,
	readJob,
	readTaskFault,
	readUpgradeJob,
	resolutionOfJob,
	topicOf,
	withTierNote,
	type Topic,
} from '../../../nodes/KieVeo/kie/meaning/fields';
import {
	isAboutOther,
	isUpgradedTo,
	NO_FILES,
	readResultFiles,
	resultFieldsIn,
	withWholeVideo,
} from '../../../nodes/KieVeo/kie/meaning/files';
import { classifyUpgradeAnswer } from '../../../nodes/KieVeo/kie/meaning/answer';
import { readAnswer } from '../../../nodes/KieVeo/kie/http/client';

/* What is in every answer, record and callback of the corpus, one field at a time. */

const A = 'https://file.example/v/a.mp4';
const B = 'http://file.example/v/b.mp4';
const text = (value: unknown) => JSON.stringify(value);

describe('result URLs', () => {
	it.each<[form: string, data: unknown, urls: string[]]>([
		['of a job, its result one URL', { resultJson: A }, [A]],
		[
			'info, then a response, then a job',
			{ resultJson: { resultUrls: [B] }, response: { resultUrls: [A] }, info: null },
			[A],
		],
		['a list without quotes', { resultUrls: `[${A}, ${B}]` }, [A, B]],
		['a list with single quotes', { resultUrls: `['${A}','${B}']` }, [A, B]],
		['a comma within', { resultUrl: `${A}?a=1,2` }, [`${A}?a=1,2`]],
		['a blank within', { resultUrl: `${A}?my video` }, [`${A}?my%20video`]],
		['repeated ones, once and in order', { resultUrls: [B, A, B] }, [B, A]],
		[
			'no http URL',
			{ resultUrls: ['ftp://x/a.mp4', 'javascript:alert(1)', `x ${A}`, 'https://', '', null, 7] },
			[],
		],
		['a first place that is empty', { info: { resultUrls: [] }, resultUrls: [A] }, [A]],
		['an IPv6 address', { resultUrl: 'http://[::1]/a.mp4' }, ['http://[::1]/a.mp4']],
		['another scheme before http', { resultUrl: `javascript:${A}` }, []],
		['a tab within', { resultUrl: `${A}\tb` }, []],
		['quotes within', { resultUrl: `${A}?"b"` }, [`${A}?"b"`]],
		['a quote that closes early', { resultUrl: `"${A}"b` }, []],
	])('%s', (_form, data, urls) => {
		expect(readResultFiles(data).videoUrls).toStrictEqual(urls);
	});

	it.each<[what: string, data: object, files: { fileUrls: string[]; result: object | null }]>([
		['an address as text', { resultJson: A }, { fileUrls: [], result: { text: A } }],
		[
			'a response before a result as text',
			{ response: { resultUrls: [B] }, resultJson: text({ resultUrls: [A] }) },
			{ fileUrls: [B], result: { resultUrls: [B] } },
		],
		[
			'an address within a text field',
			{ response: { text: A, note: A, resultUrl: B } },
			{ fileUrls: [B], result: { text: A, note: A, resultUrl: B } },
		],
		[
			'what it was made from',
			{
				param: text({ input: text({ image_url: A, audio_url: A }) }),
				response: { image_url: A, video_url: B },
			},
			{ fileUrls: [B], result: { image_url: A, video_url: B } },
		],
		[
			'a track that only streams yet',
			{ response: { data: [{ audio_url: '', stream_audio_url: A, image_url: B }] } },
			{
				fileUrls: [],
				result: { data: [{ audio_url: '', stream_audio_url: A, image_url: B }] },
			},
		],
	])('of a task are those of its files: %s', (_what, data, files) => {
		expect(readResultFiles(data)).toMatchObject(files);
	});

	it('are read from a long list up to the 100th, and up to 2,000 places behind one another', () => {
		const resultUrls = Array.from({ length: 101 }, (_, index) => `${A}?${index}`);
		const { videoUrls, fileUrls } = readResultFiles({ resultUrls, response: { resultUrls } });
		expect([videoUrls.length, fileUrls.length]).toStrictEqual([100, 100]);
		const behind = (length: number) => {
			const words = Array.from({ length }, () => null);
			return readResultFiles({ model: 'm', response: { words, last: { fileUrl: A } } }).fileUrls;
		};
		// The last one has more than a call can have arguments.
		expect([1_998, 1_999, 200_000].map(behind)).toStrictEqual([[A], [], []]);
	});

	it('of a long result are read, and an empty one beside it is not it', () => {
		const words = Array.from({ length: 5_000 }, (_, at) => ({ word: 'la', at }));
		const resultJson = text({ resultUrls: [A], words });
		const { fileUrls, result } = readResultFiles({ model: 'm', response: {}, resultJson });
		expect(fileUrls).toStrictEqual([A]);
		expect(result).toHaveProperty('words');
	});

	it('come with preview images, resolution, credits and the id Kie answered with', () => {
		const data = {
			task_id: 'kie-id',
			creditsConsumed: 120,
			info: { resultUrls: [A], image_urls: [B], resolution: '1080p', full_result_urls: [B] },
		};
		expect(readResultFiles(data)).toStrictEqual({
			...NO_FILES,
			videoUrls: [A],
			fullVideoUrls: [B],
			imageUrls: [B],
			resolution: '1080p',
			creditsConsumed: 120,
			taskId: 'kie-id',
		});
		expect(readResultFiles({ taskId: 'a', task_id: 'b' }).taskId).toBe('a');
		const job = (result: object) => ({ model: 'veo/get-4k-video', resultJson: result });
		expect(readResultFiles(job({ resultUrls: [A] })).resolution).toBe('4k');
		expect(readResultFiles(job({ resolution: '2160p' })).resolution).toBe('2160p');
	});

	it.each<[place: string, data: object, urls: string[]]>([
		['a response that says nothing', { response: { resultUrls: [A] } }, []],
		['within one', { response: { data: { result_urls: [A] }, resolution: '4k' } }, [A]],
		['within one of 1080p', { response: { data: { result_urls: [A] }, resolution: '1080p' } }, []],
		['an info', { info: { resultUrls: [A] } }, [A]],
		['a 4K job', { model: 'veo/get-4k-video', resultJson: { resultUrls: [A] } }, [A]],
		['another job', { model: 'veo-3-1', resultJson: { resultUrls: [A] } }, []],
	])('of a 4K video are not those of the base video: %s', (_place, data, urls) => {
		expect(readResultFiles(data, '4k').videoUrls).toStrictEqual(urls);
	});

	it('of the whole video stand for the part where there is none', () => {
		const whole = readResultFiles({ fullResultUrls: [B] });
		expect(withWholeVideo(whole).videoUrls).toStrictEqual([B]);
		const both = readResultFiles({ resultUrls: [A], fullResultUrls: [B] });
		expect(withWholeVideo(both)).toStrictEqual(both);
	});

	it('of an unknown name are told by the names of all fields, at most 20', () => {
		const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, 1]));
		expect(resultFieldsIn({ response: many, a: 1 })).toHaveLength(20);
		expect(resultFieldsIn({ response: { a: 1 }, b: 2 })).toStrictEqual(['a', 'response', 'b']);
		expect(resultFieldsIn([])).toStrictEqual([]);
	});
});

it.each<[wanted: '4k' | '1080p', given: string | null, is: boolean]>([
	['4k', '2160p', true],
	['4k', null, false],
	['1080p', '1080P', true],
	['1080p', '4k', false],
	['1080p', null, false],
])('an upgrade to %s, and Kie says %s: %s', (wanted, given, is) => {
	expect(isUpgradedTo(wanted, given)).toBe(is);
});

it.each([0, 1])('A reason beside the flag %d is not one for a failure', (successFlag) => {
	expect(readTaskFault({ successFlag, errorMessage: 'x' }).message).toBeNull();
});

it.each(['No success', 'success is not what this is'])('"%s" is told as it is', (message) => {
	expect(faultOfTask({ state: 'fail' }, { code: 200, message }, false).message).toBe(message);
});

it('A failure without a code has that of the envelope', () => {
	const envelope = { code: 501, message: 'x' };
	expect(faultOfTask({ state: 'fail' }, envelope, false).code).toBe(501);
});

describe('what a body is about', () => {
	const PREVIEW = { imageUrls: ['x'] };
	const UPGRADED = '4K Video generated successfully.';
	it.each<[data: object, said: string, topic: Topic]>([
		[{ response: text({ originUrls: ['x'] }) }, '', 'generate'],
		[{ info: { fullResultUrls: ['x'] } }, '', 'extend'],
		[{ fullResultUrls: [] }, '', 'unknown'],
		[{ info: { resolution: '4k' } }, '', 'generate'],
		[{ resolution: null }, '', 'unknown'],
		[{ info: { image_urls: ['x'] } }, '', 'get4k'],
		[{ ...PREVIEW, promptJson: '{}' }, '', 'generate'],
		// The fields of a new video count before the words.
		[{ promptJson: '{}' }, UPGRADED, 'generate'],
		[{ info: { resolution: '720p' } }, UPGRADED, 'generate'],
		[{ resolution: '4k' }, UPGRADED, 'get4k'],
		[{}, 'The prompt "4K Video generated successfully" was flagged', 'unknown'],
		[{ model: 'veo3_fast' }, UPGRADED, 'generate'],
		[{ model: 'other/veo/get-4k-video' }, '', 'task'],
		[{ model: 'other/veo/get-1080p-video' }, '', 'task'],
		[{ model: 'other/veo/extend' }, '', 'task'],
		[{}, 'Note: the 4K version of this video is unavailable', 'unknown'],
		[{}, 'Note: Veo3.1 video extension successful.', 'unknown'],
		[{}, 'Note: Veo3.1 video generated successfully.', 'unknown'],
		[{}, 'Veo3 video generated successfully.', 'generate'],
	])('%j "%s" is "%s"', (data, said, topic) => {
		expect(topicOf(data as { [field: string]: unknown }, said)).toBe(topic);
	});

	it.each<[data: object, said: string, about: { get4k: boolean; get1080p: boolean }]>([
		[{ info: { resolution: '1080p' } }, '', { get4k: true, get1080p: false }],
		[{ promptJson: '{}' }, '', { get4k: true, get1080p: true }],
		[PREVIEW, '', { get4k: false, get1080p: true }],
		[{ model: 'veo/get-1080p-video', resolution: '4k' }, '', { get4k: true, get1080p: false }],
	])('%j "%s" is about something else: %j', (data, said, { get4k, get1080p }) => {
		const record = data as { [field: string]: unknown };
		expect(isAboutOther('4k', record, said)).toBe(get4k);
		expect(isAboutOther('1080p', record, said)).toBe(get1080p);
	});

	it('also decides for an answer to an upgrade', () => {
		const meaning = (data: object, resolution: '4k' | '1080p') => {
			const body = text({ code: 200, msg: 'success', data });
			return classifyUpgradeAnswer(
				resolution,
				readAnswer({ statusCode: 200, headers: {}, body }, 0),
			);
		};
		const base = { resultUrls: [A], resolution: '720p' };
		for (const data of [base, { info: base }, { resultUrls: [A], promptJson: '{}' }]) {
			expect(meaning(data, '4k')).toMatchObject({ kind: 'processing', files: { videoUrls: [] } });
			expect(meaning(data, '1080p')).toMatchObject({ kind: 'processing' });
		}
	});
});

describe('the order that a job repeats', () => {
	const paramOf = (model: string | undefined, input: unknown) =>
		text({ model, input: text(input) });
	it.each<[what: string, data: unknown, job: ReturnType<typeof readJob>]>([
		[
			'with its model in the order',
			{ param: { model: 'veo/extend', input: { task_id: 't' } } },
			{ model: 'veo/extend', input: { task_id: 't' } },
		],
		['without a model', { param: paramOf(undefined, { a: 1 }) }, { model: null, input: { a: 1 } }],
		['with nothing but a model', { model: 'veo-3-1' }, { model: 'veo-3-1', input: {} }],
		['that is not there', { successFlag: 1, paramJson: text({ prompt: 'A dog' }) }, null],
		['of no record', null, null],
	])('is read %s', (_what, data, job) => {
		expect(readJob(data)).toStrictEqual(job);
		expect(readJob(text(data))).toStrictEqual(job);
	});

	const job = (model: string | null, input: { [field: string]: unknown } = {}) => ({
		model,
		input,
	});

	it.each([
		[
			job('veo/get-1080p-video', { taskId: 't', index: '1' }),
			{ operation: 'get1080p', taskId: 't', index: 1 },
		],
		[job('veo/get-4k-video', { task_id: 't' }), { operation: 'get4k', taskId: 't', index: 0 }],
		[job('veo/get-4k-video'), null],
		[job('veo/extend', { task_id: 't' }), null],
	])('says which video is upgraded: %j', ({ model, input }, video) => {
		const param = text({ model, input: text(input) });
		expect(readUpgradeJob({ model, param })).toStrictEqual(video);
	});

	it.each([
		[job('veo/get-4k-video', { resolution: '720p' }), '4k'],
		[job('veo-3-1'), null],
	])('says what is given: %j', (given, resolution) => {
		expect(resolutionOfJob(given)).toBe(resolution);
	});

	const made = (model: string, tier?: string) => ({
		model,
		param: paramOf(model, tier === undefined ? {} : { model: tier }),
	});
	it.each<[asked: string | undefined, data: unknown, tier: string | null]>([
		['veo3_lite', made('veo-3-1', 'veo3_fast'), 'veo3_fast'],
		['VEO3_FAST', made('veo-3-1', 'veo3_fast'), null],
		['veo3_lite', made('veo3'), 'veo3'],
		['veo3_lite', made('my-veo3'), null],
		['veo3_lite', { successFlag: 1 }, null],
		[undefined, made('veo-3-1', 'veo3_fast'), null],
		// It is shown and logged.
		['veo3_lite', made('veo-3-1', `a\nb${'x'.repeat(100)}`), `a?b${'x'.repeat(37)}`],
	])('asked for with %s, %j was made with another tier: %s', (asked, data, tier) => {
		expect(otherTier(asked, data)).toBe(tier);
	});

	it.each([
		['', 'Kie.ai made this video with b, not with a as asked for.'],
		['Done', 'Done. Kie.ai made this video with b, not with a as asked for.'],
		['Done.', 'Done. Kie.ai made this video with b, not with a as asked for.'],
	])('says so after "%s"', (message, note) => {
		expect(withTierNote(message, 'a', 'b')).toBe(note);
	});
});
