import { inspect } from 'node:util';

import { chosenOf, toSeconds } from '../../../nodes/KieVeo/actions/spellings';
import { cleaned } from '../../../nodes/KieVeo/actions/cleaned';
import { modelFor } from '../../../nodes/KieVeo/actions/video/models';

const TYPES = ['TEXT_2_VIDEO', 'FIRST_AND_LAST_FRAMES_2_VIDEO', 'REFERENCE_2_VIDEO'];
const RATIOS = ['16:9', '9:16', 'Auto'];
const RESOLUTIONS = ['720p', '1080p', '4k'];

describe('a choice', () => {
	it.each<[values: string[], value: string, spellings: unknown[]]>([
		[
			TYPES,
			'TEXT_2_VIDEO',
			[
				'text_2_video',
				'text',
				'T2V',
				'Text to Video',
				' text-to-video ',
				'text2video',
				'TEXT 2 VIDEO',
			],
		],
		[
			TYPES,
			'FIRST_AND_LAST_FRAMES_2_VIDEO',
			[
				'first_and_last_frames_2_video',
				'First and Last Frame to Video',
				'First & Last Frame to Video',
				'FIRST_AND_LAST_FRAME_2_VIDEO',
				'First and Last Frames to Video',
				'first and last frames',
			],
		],
		[
			TYPES,
			'REFERENCE_2_VIDEO',
			['reference_2_video', 'reference images', 'Reference to Video', 'reference–2–video'],
		],
		[
			RATIOS,
			'16:9',
			['16:9', ' 16 : 9 ', '16：9', '16x9', '16X9', '16×9', '16∶9', '16/9', '16:09', '16:09:00'],
		],
		[
			RATIOS,
			'16:9',
			[
				'landscape',
				'horizontal',
				'Widescreen (16:9)',
				'16:9 (landscape)',
				'16:9（Widescreen）',
				'"16:9"',
				"'16:9'",
			],
		],
		[RATIOS, '9:16', ['9:16 ', '9：16', '09:16', '09:16:00', 'vertical', 'Portrait (9:16)']],
		[RATIOS, 'Auto', ['auto', 'AUTO', ' Auto\n', 'au\u200bto']],
		[RESOLUTIONS, '720p', ['720P', '720 p', '720', 720, '1280x720']],
		[
			RESOLUTIONS,
			'1080p',
			['1080P', '1080 p', '1080', 1080, 'Full HD', '1080p (Full HD)', '1920x1080'],
		],
		[
			RESOLUTIONS,
			'4k',
			['4K', '4 k', '4Ｋ', '2160p', '2160', 2160, 'UHD', '4K (2160p)', '3840 x 2160'],
		],
		[['url', 'binary'], 'binary', ['Binary', 'BINARY ']],
		[['url', 'binary'], 'url', ['URL']],
	])('of %p is %s in every spelling', (values, value, spellings) => {
		for (const spelling of spellings) {
			expect([spelling, chosenOf(values, spelling)]).toStrictEqual([spelling, value]);
		}
	});

	it.each<[values: string[], given: unknown[]]>([
		// Frames or references: which of them is not known.
		[TYPES, ['IMAGE_2_VIDEO', 'image to video', 'VIDEO', '2', '']],
		[
			RATIOS,
			[
				'4:3',
				'16',
				'169',
				'16-9',
				'9:160',
				'1:1',
				'16:9:30',
				'square',
				'Portrait (16:9)',
				'16:9 (9:16)',
				'116:9',
				0.672,
			],
		],
		[RESOLUTIONS, ['8k', '4', '4096', 'HD', '720i', '16:9', 'portrait', null, undefined, ['4k']]],
		[RESOLUTIONS, [{}, true, Number.NaN, 'toString', '__proto__']],
	])('of %p is none of the values', (values, given) => {
		expect(given.map((one) => chosenOf(values, one))).toStrictEqual(given.map(() => null));
	});
});

describe('seconds', () => {
	const table = (cases: Array<[value: unknown, seconds: number | null]>) =>
		cases.map(([value, seconds]): [string, unknown, number | null] => [
			inspect(value),
			value,
			seconds,
		]);
	it.each(
		table([
			...['8', '8 ', '08', '8.0', '8s', '8 s', '8S', '8 sec', '8 secs.', '8 second'].map(
				(text): [string, number] => [text, 8],
			),
			['8 seconds', 8],
			['8秒', 8],
			['８s', 8],
			[8, 8],
			[10_000 / 3, 10_000 / 3],
			['1800 s', 1800],
			['8 m', null],
			['8ms', null],
			['8 seconds long', null],
			['s', null],
			['', null],
			[null, null],
			[true, null],
			[[8], null],
			[Number.POSITIVE_INFINITY, null],
		]),
	)('%s', (_name, value, seconds) => expect(toSeconds(value)).toBe(seconds));
});

describe('a model', () => {
	it.each([
		['veo3_fast', 'veo3_fast', 'fast'],
		['VEO3_FAST', 'veo3_fast', 'fast'],
		['fast', 'veo3_fast', 'fast'],
		['Veo 3 Fast', 'veo3_fast', 'fast'],
		['"veo3_fast"', 'veo3_fast', 'fast'],
		['Veo 3.1 Fast', 'veo3_fast', 'fast'],
		['veo3_lite', 'veo3_lite', 'lite'],
		['Lite', 'veo3_lite', 'lite'],
		['veo 3.1 lite', 'veo3_lite', 'lite'],
		['veo3', 'veo3', 'quality'],
		['Veo3', 'veo3', 'quality'],
		['QUALITY', 'veo3', 'quality'],
		['Veo 3.1 Quality', 'veo3', 'quality'],
		['veo3\u200b', 'veo3', 'quality'],
		['ｖｅｏ３', 'veo3', 'quality'],
		['`veo3_fast`', 'veo3_fast', 'fast'],
		['“veo3”', 'veo3', 'quality'],
		['veo3-fast', 'veo3_fast', 'fast'],
		['veo3‑lite', 'veo3_lite', 'lite'],
		['veo3_fast (default)', 'veo3_fast', 'fast'],
		['Veo 3.1 Quality (veo3)', 'veo3', 'quality'],
		// Unclear, or unknown: perhaps Kie knows it.
		['fast (veo3)', 'fast (veo3)', 'fast (veo3)'],
		['veo3.1-fast', 'veo3.1-fast', 'veo3.1-fast'],
		['Veo4', 'Veo4', 'Veo4'],
		['label', 'label', 'label'],
	])('%s is %s to generate, %s to extend', (given, generate, extend) => {
		expect(modelFor('generate', given)).toBe(generate);
		expect(modelFor('extend', given)).toBe(extend);
	});
});

describe('a value without what surrounds it', () => {
	it.each([
		['veo4\u200b', 'veo4'],
		['\ufeff “veo4” \n', 'veo4'],
		['`veo4`', 'veo4'],
		['ve\u00ado4', 'veo4'],
		['"veo 4"', 'veo 4'],
		['“”', ''],
		['ｖｅｏ４', 'ｖｅｏ４'],
	])('%j is %j', (text, inner) => expect(cleaned(text)).toBe(inner));
});
