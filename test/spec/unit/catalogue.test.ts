import { Catalogue, CatalogueMemory, parseSchema } from '../../../nodes/KieVeo/kie/catalogue';
import { CancelledError } from '../../../nodes/KieVeo/kie/http/clock';
import { HttpClient } from '../../../nodes/KieVeo/kie/http/client';
import { MODELS, openapiOf } from '../../tools/simulator/models';
import { FakeClock } from './fakeClock';

/** The refusals were recorded from 2026-09-30 to 10-01; all came with HTTP 200. */
const UNKNOWN_MODEL = {
	code: 404,
	msg: 'The model name you specified is not supported. Please verify your input and use one of the supported models provided by KIE.',
	data: null,
};
const TOO_FAST = { code: 429, msg: 'Your call frequency is too high. Please try again later.' };
const UNAUTHORIZED = { code: 401, msg: 'Unauthorized – Authentication failed. Please check …' };

const success = (data: unknown) => ({ code: 200, msg: 'success', data });
const listed = (model: string, taskType: string) =>
	success({ models: [{ model, title: model, provider: 'Google', taskType: [taskType] }] });
const schemaOf = (model: string, openapi: unknown) => success({ model, openapi });
const NO_SCHEMA = schemaOf('', null);
const NANO = 'google/nano-banana';
const TTS = 'google/gemini-3-8-flash-tts';
const GPT = 'gpt-6-sol';
const nanoBanana = schemaOf(NANO, openapiOf(NANO, MODELS[NANO]!));

/** A Kie whose catalogue gives these answers in order, the last one again and again. */
function kie(...replies: Array<object | 'silence'>) {
	const clock = new FakeClock();
	const memory = new CatalogueMemory(clock);
	const calls: Array<[path: string, at: number]> = [];
	const client = () =>
		new HttpClient(async ({ path }) => {
			calls.push([path, clock.now()]);
			const reply = replies[Math.min(calls.length, replies.length) - 1];
			if (reply === 'silence') return await new Promise(() => {});
			return { statusCode: 200, headers: {}, body: JSON.stringify(reply) };
		}, clock);
	return { clock, calls, memory, open: () => new Catalogue(client(), memory) };
}

describe('the catalogue', () => {
	it('is asked once a second at most, for the list and the schemas together', async () => {
		const { calls, open } = kie(nanoBanana);
		await Promise.all([open().fetchList(), open().fetchModel('a'), open().fetchModel('b/c')]);
		expect(calls).toStrictEqual([
			['/api/v1/models', 0],
			['/api/v1/models/a/schema', 1_100],
			['/api/v1/models/b/c/schema', 2_200],
		]);
	});

	it('is asked once for what several executions want, and again after ten minutes', async () => {
		const { calls, clock, open } = kie(nanoBanana);
		const found = await Promise.all(
			[open(), open()].map(async (one) => await one.fetchModel(NANO)),
		);
		expect(found[0]).toStrictEqual(found[1]);
		clock.time = 600_000 - 1;
		await open().fetchModel(NANO);
		expect(calls).toHaveLength(1);
		clock.time = 600_000;
		await open().fetchModel(NANO);
		expect(calls).toHaveLength(2);
	});

	it('waits out a refusal for its limit', async () => {
		const { calls, open } = kie(TOO_FAST, TOO_FAST, nanoBanana);
		expect(await open().fetchModel(NANO)).toMatchObject({ kind: 'job' });
		expect(calls).toHaveLength(3);
	});

	it('is asked again after an answer that says nothing about it', async () => {
		const { calls, open } = kie(UNAUTHORIZED, nanoBanana);
		expect(await open().fetchModel(NANO)).toMatchObject({
			kind: 'unread',
			rejection: { kind: 'refused', reason: 'unauthorized' },
		});
		expect(await open().fetchModel(NANO)).toMatchObject({ kind: 'job' });
		expect(calls).toHaveLength(2);
	});

	it('keeps a bounded number of answers', async () => {
		const { calls, open } = kie(nanoBanana);
		for (let index = 0; index <= 50; index++) await open().fetchModel(`model-${index}`);
		await open().fetchModel('model-50');
		expect(calls).toHaveLength(51);
		await open().fetchModel('model-0');
		expect(calls).toHaveLength(52);
	});

	it('is not waited for longer than the order can wait', async () => {
		const { clock, open } = kie('silence');
		const found = await open().fetchModels([NANO, NANO], 5_000);
		expect(clock.now()).toBe(5_000);
		expect([...found]).toMatchObject([
			[NANO, { kind: 'unread', said: { message: 'the catalogue gave no answer within 5 s' } }],
		]);
	});

	it('is asked again by those who waited for an execution that was stopped', async () => {
		const { clock, calls, memory, open } = kie(nanoBanana);
		const stopped = new HttpClient(async () => await Promise.reject(new Error('canceled')), clock);
		const [first, other] = await Promise.all(
			[new Catalogue(stopped, memory), open()].map(async (one) => await one.fetchModel(NANO)),
		);
		expect([first?.kind, other?.kind]).toStrictEqual(['unread', 'job']);
		expect(calls).toHaveLength(1);
	});

	it('keeps nobody waiting for what a run with many models has given up', async () => {
		const { calls, open } = kie(nanoBanana);
		const ids = Array.from({ length: 200 }, (_, at) => `m${at}`);
		await open().fetchModels(ids, 5_000);
		const before = calls.length;
		const found = await open().fetchModels([NANO], 30_000);
		expect(found.get(NANO)?.kind).toBe('job');
		expect(before).toBeLessThan(20);
	});

	it('is not waited for by a stopped execution', async () => {
		const { open } = kie('silence');
		const stop = AbortSignal.abort();
		await expect(open().fetchModels([NANO], 5_000, stop)).rejects.toBeInstanceOf(CancelledError);
	});

	const CHAT = { kind: 'otherApi', path: '/codex/v1' };
	it.each([
		['unknown model', 'veo3', [UNKNOWN_MODEL], { kind: 'unlisted' }],
		['no id', '../chat/credit', [nanoBanana], { kind: 'unlisted' }],
		['no schema yet', TTS, [NO_SCHEMA, listed(TTS, 'Text to Speech')], { kind: 'noSchema' }],
		['a chat, no schema', GPT, [NO_SCHEMA, listed(GPT, 'Chat')], { kind: 'otherApi', path: null }],
		['a chat', GPT, [schemaOf(GPT, openapiOf(GPT, MODELS[NANO]!, '/codex/v1'))], CHAT],
		['a helper', 'gemini-omni-audio', [], { kind: 'otherApi', path: '/api/v1/omni/audio/create' }],
	])('says of %s what it is', async (_name, id, replies, expected) => {
		expect(
			await kie(...replies)
				.open()
				.fetchModel(id),
		).toStrictEqual(expected);
	});
});

describe('a schema', () => {
	const parsed = (id: string) => parseSchema(openapiOf(id, MODELS[id]!));

	it('says whether an address to report to is needed', () => {
		expect(parsed('kling-3.0/motion-control')?.needsCallBackUrl).toBe(true);
		expect(parsed(NANO)?.needsCallBackUrl).toBe(false);
	});

	it('with several ways to order is their union, with limits only where all agree', () => {
		const fields = parsed('kling-3.0-omni/image-to-video')?.fields ?? [];
		expect(fields).toHaveLength(10);
		expect(fields).toMatchObject(
			expect.arrayContaining([
				expect.objectContaining({ name: 'prompt', required: true, minimum: null, maximum: 3072 }),
				expect.objectContaining({ name: 'image_urls', required: true, maximum: null }),
				expect.objectContaining({ name: 'multi_prompt', required: false, minimum: 1, maximum: 6 }),
			]),
		);
	});

	it('is not required to have what only one way to order has', () => {
		const variant = (properties: object) => ({ required: Object.keys(properties), properties });
		const text = { type: 'string' };
		const oneOf = [variant({ a: text, b: text }), variant({ a: text })];
		const fields = parseSchema(openapiOf('x', { required: [], input: { oneOf } }))?.fields;
		expect(fields).toMatchObject([
			{ name: 'a', required: true },
			{ name: 'b', required: false },
		]);
	});

	it('is read through references, also to names with spaces at their end', () => {
		const openapi = {
			...openapiOf('x', { required: [], input: { $ref: '#/components/schemas/the%20input%20' } }),
			components: {
				schemas: {
					'the input ': { properties: { a: { $ref: '#/components/schemas/a~1b' } } },
					'a/b': { type: 'integer', minimum: 3 },
				},
			},
		};
		expect(parseSchema(openapi)?.fields).toMatchObject([
			{ name: 'a', type: 'integer', minimum: 3 },
		]);
	});

	it.each(['#/components/schemas/a', '#/components/schemas/%FF', '#/constructor', ''])(
		'with a reference that leads nowhere has no fields: %s',
		($ref) => {
			const openapi = { ...openapiOf('x', { required: [], input: { $ref } }) };
			const circle = { components: { schemas: { a: { $ref: '#/components/schemas/a' } } } };
			expect(parseSchema({ ...openapi, ...circle })?.fields).toStrictEqual([]);
		},
	);

	it.each([null, undefined, 'text', {}, { paths: {} }, { paths: null }])(
		'%j is none',
		(openapi) => {
			expect(parseSchema(openapi)).toBeNull();
		},
	);
});
