import type { INodeParameters } from 'n8n-workflow';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { useAccounts } from './accounts';
import { useFastTime } from './fastTime';
import { useSuspended } from './suspended';
import { caught, jsonOf, OF_A_MODEL, runOperation, useFiles, type OperationRun } from './runNode';

/* Any model of Kie's: ordered, waited for, read and downloaded like a video. */

useFastTime();
const kie = useAccounts();
useFiles();
const start = useSuspended();
const CREATE = '/api/v1/jobs/createTask';

interface Run extends OperationRun {
	model?: string;
	api?: ApiName;
}

const runModel = async ({ model = 'google/nano-banana', api = 'veo', ...run }: Run = {}) =>
	await runOperation(
		{ ...kie.credentials, api },
		{
			operation: 'runModel',
			items: [{ json: { model } }],
			...run,
			parameters: { ...OF_A_MODEL, ...run.parameters },
		},
	);
const paid = () => kie.simulator.paid().length;

it.each([
	['google/nano-banana', 'veo', 'png', 1],
	['kling/v2-1-master-text-to-video', 'veo', 'mp4', 1],
	['google/gemini-3-8-flash-tts', 'jobs', 'wav', 1],
	['ai-music-api/sounds', 'jobs', 'mp3', 2],
	['ai-music-api/lyrics', 'veo', '', 0],
] as const)('%s gives its files, with "%s"', async (model, api, ending, count) => {
	const [item] = jsonOf(await runModel({ model, api }));
	expect(item).toMatchObject({ operation: 'runModel', model, status: 'success', code: 200 });
	const urls = item?.fileUrls as string[];
	expect(urls).toHaveLength(count);
	expect(item?.fileUrl).toBe(urls[0] ?? null);
	for (const url of urls) expect(url).toMatch(new RegExp(`\\.${ending}$`));
	expect(item?.result).toBeInstanceOf(Object);
	expect(item).not.toHaveProperty('index');
	expect(kie.simulator.paid()).toMatchObject([{ path: CREATE }]);
});

it('sends what the user set, the model beside it, and nothing else', async () => {
	const input = { prompt: 'waves', nsfw_checker: false, model: 'V6', seed: 0 };
	await runModel({ parameters: { inputJson: JSON.stringify(input), waitMode: 'none' } });
	expect(kie.simulator.paid()[0]?.body).toStrictEqual({ model: 'google/nano-banana', input });
});

it('tells what is not finished with its ID, and reads it with Get Task', async () => {
	kie.simulator.nextTask({ timings: { runModel: 5_000 } });
	const { items, hints } = await runModel({ parameters: { waitMode: 'none' } });
	const [item] = items;
	expect(item?.json).toMatchObject({ status: 'processing', creditsConsumed: null, fileUrls: [] });
	expect(hints.map(({ message }) => message)).toContainEqual(
		'Kie.ai is still working on 1 of 1 tasks. Use the operation Get Task with the task IDs to fetch them.',
	);
	const taskId = String(item?.json.taskId);
	const [found] = jsonOf(await runModel({ operation: 'getTask', parameters: { taskId } }));
	expect(found).toMatchObject({
		taskId,
		operation: 'getTask',
		model: 'google/nano-banana',
		status: 'success',
	});
	expect(paid()).toBe(1);
});

describe('Wait for Callback', () => {
	const wait = async (models: string[], more: INodeParameters = {}) =>
		await start({
			credentials: kie.credentials,
			operation: 'runModel',
			items: models.map((model) => ({ model })),
			parameters: { ...OF_A_MODEL, ...more },
			timeout: 60,
		});

	it('gathers all results, and the files of each, although a callback was lost', async () => {
		// Suno reports music in stages: only the last one is the end.
		kie.simulator.setDefaults({ jobs: { stages: true } });
		kie.simulator.nextTask({ callback: { copies: 0 } });
		const models = ['google/nano-banana', 'ai-music-api/sounds', 'ai-music-api/lyrics'];
		const items = await (await wait(models, { download: true })).output(120_000);
		expect(items).toMatchObject(
			models.map((model) => ({ json: { model, status: 'success', operation: 'runModel' } })),
		);
		expect(items.map(({ binary = {} }) => Object.keys(binary))).toStrictEqual([
			['data'],
			['data', 'data_1'],
			[],
		]);
		const fileName = `${String(items[1]?.json.taskId)}-1.mp3`;
		expect(items[1]?.binary?.data_1).toMatchObject({ fileName, mimeType: 'audio/mpeg' });
		expect(kie.simulator.paid()).toHaveLength(3);
	});
});

it('is a new order with another input', async () => {
	const contextData = {};
	await runModel({ contextData });
	await runModel({ contextData, parameters: { inputJson: '{"prompt":"hills"}' } });
	expect(paid()).toBe(2);
});

it('orders nothing below the credits to keep', async () => {
	const error = await caught(runModel({ options: { minimumCredits: 1_000_000 } }));
	expect(error.message).toContain('fewer than the 1000000');
	expect(paid()).toBe(0);
});

describe('Upload', () => {
	const file = { data: 'aGVsbG8=', mimeType: 'audio/mpeg', fileName: 'song.mp3' };
	const upload = async (parameters: INodeParameters = {}, count = 1) =>
		await runOperation(kie.credentials, {
			operation: 'upload',
			items: Array.from({ length: count }, () => ({ json: {}, binary: { data: { ...file } } })),
			parameters: { resource: 'file', ...parameters },
		});

	it('gives the address, under a unique name for each item', async () => {
		const items = jsonOf(await upload({}, 2));
		expect(items[0]).toStrictEqual({
			fileUrl: kie.simulator.uploads[0]?.downloadUrl,
			fileName: expect.stringMatching(/^[\w-]{36}\.mp3$/) as string,
			mimeType: 'audio/mpeg',
			fileSize: 5,
			expiresAt: null,
		});
		expect(new Set(items.map(({ fileUrl }) => fileUrl)).size).toBe(2);
	});

	it('takes a name, but no folder', async () => {
		const [item] = jsonOf(await upload({ fileName: 'the song.mp3' }));
		expect(item?.fileName).toBe('the song.mp3');
		const error = await caught(upload({ fileName: '../song.mp3' }));
		expect(error.message).toContain("'File Name' cannot be");
		expect(kie.simulator.uploads).toHaveLength(1);
	});

	it('names the fields that the item has', async () => {
		const error = await caught(upload({ binaryPropertyName: 'song' }));
		expect(error.description).toBe('Binary fields of this item: data.');
	});
});
