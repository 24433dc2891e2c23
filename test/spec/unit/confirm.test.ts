import { confirmResult } from '../../../nodes/KieVeo/trigger/confirm';
import type { CallbackEvent } from '../../../nodes/KieVeo/kie/callback/check';
import { parseCallback } from '../../../nodes/KieVeo/kie/callback/parse';
import { fakeKie } from './fakeKie';

const BASE = 'https://file.example/v/base.mp4';
const UPGRADED = 'https://file.example/v/4k.mp4';
const POSTED = 'https://posted.example/v/1.mp4';

const answer = (code: number, data: unknown, msg = '') => ({ code, msg, data });
const record = (urls: string[], resolution = '720p') =>
	answer(200, { successFlag: 1, response: { resultUrls: urls, resolution } });
const done = answer(422, { resultUrls: [UPGRADED] }, 'The video has been generated successfully');

function event(changes: Partial<CallbackEvent>, url = POSTED): CallbackEvent {
	const parsed = parseCallback({ code: 200, data: { taskId: 'a', resultUrls: [url] } });
	if ('reason' in parsed) throw new Error(parsed.reason);
	return {
		event: 'get4k.success',
		operation: 'get4k',
		taskId: 'a',
		index: 0,
		submittedHere: true,
		callback: parsed.callback,
		...changes,
	};
}

describe('a confirmation', () => {
	it('of a 4K upgrade we submitted asks for that very video, after record-info', async () => {
		const kie = fakeKie([record([BASE]), done]);
		const confirmed = await confirmResult(kie, event({ index: 2 }));
		expect(confirmed).toMatchObject({ files: { videoUrls: [UPGRADED] } });
		expect(kie.calls).toMatchObject([
			{ method: 'GET', query: { taskId: 'a' } },
			{ method: 'POST', body: { taskId: 'a', index: 2 } },
		]);
	});

	it.each(['generate', 'extend'] as const)(
		'of "%s" takes the files on record',
		async (operation) => {
			const kie = fakeKie([record([BASE]), done]);
			const confirmed = await confirmResult(kie, event({ operation, submittedHere: false }));
			expect(confirmed).toMatchObject({ files: { videoUrls: [BASE] } });
			expect(kie.calls.map(({ method }) => method)).not.toContain('POST');
		},
	);

	const foreign = { submittedHere: false };
	const unknown = { ...foreign, operation: 'unknown' as const };
	it.each<[name: string, recorded: object, changes: Partial<CallbackEvent>, url: string]>([
		['4K, on record', record([UPGRADED], '4k'), foreign, UPGRADED],
		['anything, on record', record([BASE]), unknown, BASE],
	])('of a foreign submission costs nothing: %s', async (_name, recorded, changes, url) => {
		const kie = fakeKie([recorded, done]);
		const confirmed = await confirmResult(kie, event(changes, url));
		expect(confirmed).toMatchObject({ files: { videoUrls: [url] } });
		expect(kie.calls.map(({ method }) => method)).not.toContain('POST');
	});

	it.each<[name: string, recorded: object, changes: Partial<CallbackEvent>, url: string]>([
		['a foreign 4K upgrade that is not on record', record([BASE]), foreign, POSTED],
		['a foreign 4K upgrade with the base URL', record([BASE]), foreign, BASE],
		['URLs that are not on record', record([BASE], '4k'), unknown, POSTED],
		['a task that failed', answer(200, { successFlag: 3 }), {}, POSTED],
		['a task that runs', answer(200, { successFlag: 0 }), { operation: 'generate' }, POSTED],
		['a task Kie does not know', answer(422, null), {}, POSTED],
		['no task at all', record([BASE]), { taskId: null }, POSTED],
	])('is not given, and no upgrade asked for, with %s', async (_name, recorded, changes, url) => {
		const kie = fakeKie([recorded, done]);
		const confirmed = await confirmResult(kie, event(changes, url));
		expect(confirmed).toStrictEqual({ reason: expect.any(String) });
		expect(kie.calls.map(({ method }) => method)).not.toContain('POST');
	});

	it('of a foreign callback takes nothing from it but the URLs on record', async () => {
		const { callback } = event({}, BASE);
		callback.files.imageUrls = ['https://posted.example/preview.jpg'];
		const foreign = event({ operation: 'unknown', submittedHere: false, callback });
		expect(await confirmResult(fakeKie([record([BASE]), done]), foreign)).toMatchObject({
			files: { videoUrls: [BASE], imageUrls: [] },
		});
	});

	it('is not given while the 4K upgrade runs', async () => {
		const running = answer(422, { resultUrls: null }, '4k is processing.');
		const confirmed = await confirmResult(fakeKie([record([BASE]), running]), event({}));
		expect(confirmed).toStrictEqual({ reason: expect.stringContaining('4k is processing') });
	});
});
