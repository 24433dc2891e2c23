import { PICTURE } from '../corpus/tasks';
import type { TaskOperation } from '../../../nodes/KieVeo/operations';
import { readResultFiles } from '../../../nodes/KieVeo/kie/meaning/files';
import { asNamedIn, toTaskResult } from '../../../nodes/KieVeo/taskResult';

const FULL = 'https://file.example/v/full.mp4';
const PART = 'https://file.example/v/part.mp4';
const IMAGE = 'https://file.example/v/part.jpg';
const data = {
	taskId: 'a',
	resultUrls: [PART],
	fullResultUrls: [FULL],
	imageUrls: [IMAGE],
	resolution: '720p',
	creditsConsumed: 120,
};
const said = { code: 200, message: 'success' };
function result(operation: TaskOperation, given: unknown) {
	const files = readResultFiles(given);
	const about = asNamedIn(files, { operation, taskId: 'a', index: 1 });
	const status = files.videoUrls.length > 0 ? 'success' : 'processing';
	return toTaskResult(about, status, said, files);
}

/** What every result of the table has in common. */
const common = { taskId: 'a', index: 1, ...said };
const finished = { status: 'success', imageUrls: [IMAGE], creditsConsumed: 120 };
const nothing = { resolution: null, videoUrl: null, videoUrls: [], imageUrls: [] };

describe('the result of a request', () => {
	it.each<[TaskOperation, resolution: string, videoUrls: string[]]>([
		['get4k', '4k', [PART]],
		['get1080p', '1080p', [PART]],
		['get', '720p', [FULL, PART]],
		['generate', '720p', [PART]],
		['extend', '720p', [FULL, PART]],
	])('%s has the resolution %s and the videos %j', (operation, resolution, videoUrls) => {
		expect(result(operation, data)).toStrictEqual({
			...common,
			...finished,
			operation,
			resolution,
			videoUrl: videoUrls[0],
			videoUrls,
		});
	});

	it('has neither video nor resolution while it is made', () => {
		expect(result('get4k', { taskId: 'a', resultUrls: null, resolution: '720p' })).toStrictEqual({
			...common,
			...nothing,
			operation: 'get4k',
			status: 'processing',
			creditsConsumed: null,
		});
	});

	it("keeps the user's task id when Kie answers with another one", () => {
		const found = result('get4k', { ...data, taskId: 'kie-a' });
		expect(found).toMatchObject({ taskId: 'a', kieTaskId: 'kie-a' });
	});

	it("that has failed has Kie's own text, and no file that someone else names", () => {
		const asked = { operation: 'get4k' as const, taskId: 'a', index: 1 };
		const why = { code: 422, message: 'record is null' };
		const failed = { ...asked, ...nothing, ...why, status: 'failed' };
		expect(toTaskResult(asked, 'failed', why)).toStrictEqual({ ...failed, creditsConsumed: null });
		const named = toTaskResult(asked, 'failed', why, readResultFiles(data));
		expect(named).toMatchObject({ status: 'failed', videoUrl: null, videoUrls: [] });
	});
});

describe('the result of a task of any model', () => {
	const files = readResultFiles({
		model: 'google/nano-banana',
		resultJson: JSON.stringify({ resultUrls: [PICTURE] }),
		creditsConsumed: 4,
	});
	const about = { taskId: 'a', index: null, operation: 'runModel', model: null } as const;
	const made = {
		taskId: 'a',
		operation: 'runModel',
		model: 'google/nano-banana',
		status: 'success',
		fileUrl: PICTURE,
		fileUrls: [PICTURE],
		result: { resultUrls: [PICTURE] },
		creditsConsumed: 4,
		...said,
	};
	const nothing = { fileUrl: null, fileUrls: [], result: null };

	it.each([
		['success', made],
		// Kie only reserves credits before the end.
		['processing', { ...made, ...nothing, status: 'processing', creditsConsumed: null }],
		['failed', { ...made, ...nothing, status: 'failed' }],
	] as const)('%s', (status, expected) => {
		expect(toTaskResult(about, status, said, files)).toStrictEqual(expected);
	});

	it('has the model of its order', () => {
		const result = toTaskResult({ ...about, model: 'flux' }, 'success', said, files);
		expect(result).toMatchObject({ model: 'flux' });
	});
});
