import { shorten, show } from '../../../nodes/KieVeo/messages/error';
import { fileErrors } from '../../../nodes/KieVeo/messages/file';
import { inputErrors } from '../../../nodes/KieVeo/messages/input';
import {
	fallbackError,
	lostOrderError,
	timedOutError,
	uploadRejectedError,
	rejectedError,
} from '../../../nodes/KieVeo/messages/task';
import { errorOf, fakeKie, GET_4K, workOf } from './fakeKie';

const MOST = 500;
const LONG = 'x'.repeat(10_000);

describe('a value in a message', () => {
	it.each<[what: string, value: unknown, shown: string]>([
		['a text', 'a "b"', '"a \\"b\\""'],
		['a number', 7, '7'],
		['a list', [1, 'a'], '[1,"a"]'],
		['nothing', undefined, 'undefined'],
	])('shows %s', (_what, value, shown) => {
		expect(show(value)).toBe(shown);
	});

	it('shows an object that contains itself', () => {
		const loop: { self?: unknown } = {};
		loop.self = loop;
		expect(show(loop)).toBe('[object Object]');
	});

	it('is cut when it is long, and its length is given', () => {
		expect(shorten('x'.repeat(200))).toBe('x'.repeat(200));
		expect(shorten('x'.repeat(201))).toBe(`${'x'.repeat(200)}… (201 characters)`);
	});

	it('is not cut in the middle of a character', () => {
		expect(shorten(`${'x'.repeat(199)}😀`)).toBe(`${'x'.repeat(199)}… (201 characters)`);
	});
});

describe('a message about a value of 10,000 characters', () => {
	const subject = { operation: 'get4k', taskId: LONG, index: 0 } as const;
	const said = { code: 422, message: LONG };
	const refusal = rejectedError(subject, { kind: 'failed', reason: 'other' }, said);
	const extension = { operation: 'extend', taskId: null, index: null } as const;
	const job = { operation: 'runModel', taskId: null, index: null } as const;
	const TOO_LARGE = { code: 413, message: LONG };
	const NO_ANSWER = { kind: 'retry', reason: 'server' } as const;
	const file = { url: `https://example.com/${LONG}`, taskId: null };

	it.each([
		['an operation', inputErrors.unknownOperation(LONG)],
		['the address of a file', fileErrors.download(file, 'the file is empty')],
		['a redirect', fileErrors.address({ ...file, taskId: LONG }, file.url, 'why')],
		['a task ID', timedOutError(subject, 1800, LONG)],
		['a task ID in the advice', rejectedError(subject, { kind: 'failed', reason: 'other' }, said)],
		['a task ID of a lost extension', lostOrderError({ ...extension, extendedTaskId: LONG }, said)],
		['a model whose order is lost', lostOrderError({ ...job, model: LONG }, said)],
		['a task ID of an upgrade without an answer', rejectedError(subject, NO_ANSWER, said)],
		['a task ID that is refused twice', fallbackError(refusal, refusal)],
		['what a file host says', uploadRejectedError({ kind: 'failed', reason: 'other' }, TOO_LARGE)],
	])('quotes at most 500 characters of %s', (_what, { message, description }) => {
		const quoted = (message + description).match(/x/g) ?? [];
		expect(quoted.length).toBeLessThanOrEqual(MOST);
		expect(message + description).toMatch(/… \(\d+ characters\)/);
	});
});

describe('an upgrade whose answer was lost', () => {
	const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
	const noName = Object.assign(new Error('getaddrinfo ENOTFOUND kie.test'), { code: 'ENOTFOUND' });
	const cutByProxy = Object.assign(new Error('stream has been aborted'), { httpCode: '407' });

	it.each<[what: string, next: object | Error, words: string, advice: string]>([
		['no credits', { code: 402, msg: 'x' }, 'does not have enough credits', 'Top up'],
		["a proxy's login", cutByProxy, 'Kie.ai was not reached', 'requires a user name'],
	])('may have been paid for although %s follows', async (_what, next, words, advice) => {
		const thrown = await errorOf(workOf(GET_4K, fakeKie([reset, noName, next])).submit());
		expect(thrown.message).toContain(words);
		expect(thrown.description).toContain(advice);
		expect(thrown.description).toContain('may have been started and paid for');
		expect(thrown.description).toContain('Run Get 4K Video again with task ID base');
		expect(thrown.mayBePaid).toBe(true);
	});

	it.each<[what: string, replies: Array<object | Error>]>([
		['when Kie refuses the video', [reset, { code: 501, msg: 'x' }]],
		['when nothing was lost', [noName, { code: 402, msg: 'x' }]],
	])('does not matter %s', async (_what, replies) => {
		const thrown = await errorOf(workOf(GET_4K, fakeKie(replies)).submit());
		expect(thrown.message + thrown.description).not.toContain('paid for');
		expect(thrown.mayBePaid).toBe(false);
	});
});
