import { Readable } from 'node:stream';

import { transfer } from '../../../nodes/KieVeo/files/transfer';
import { FakeClock } from './fakeClock';

const collect = async (stream: Readable) => {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
};
const body = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
const limits = (differences: { announced?: number | null; maxBytes?: number } = {}) => ({
	announced: null,
	maxBytes: null,
	clock: new FakeClock(),
	...differences,
});

describe('a transfer', () => {
	it.each([
		['its length announced', 5],
		['no length announced', null],
	])('is complete with %s', async (_what, announced) => {
		const result = await transfer(body('one', 'xy'), collect, limits({ announced }));
		expect(result).toStrictEqual({ kind: 'complete', stored: 'onexy', bytes: 5 });
	});

	it.each([
		['too short', 9],
		['too long', 3],
	])('that is %s is interrupted', async (_what, announced) => {
		const result = await transfer(body('one', 'xy'), collect, limits({ announced }));
		expect(result).toStrictEqual({
			kind: 'interrupted',
			fault: { reason: 'wrongLength', bytes: 5, announced },
		});
	});

	it('reaches a reader that only listens, and listens late, as n8n does in memory', async () => {
		const listen = async (stream: Readable) => {
			await new Promise((soon) => setImmediate(soon));
			const chunks: Buffer[] = [];
			return await new Promise<string>((resolve, reject) => {
				stream.on('data', (chunk: Buffer) => chunks.push(chunk));
				stream.on('end', () => resolve(Buffer.concat(chunks).toString()));
				stream.once('error', reject);
			});
		};
		const clock = { ...new FakeClock(), pause: async () => await new Promise<void>(() => {}) };
		const result = await transfer(body('one', 'xy'), listen, {
			...limits({ announced: 5 }),
			clock,
		});
		expect(result).toStrictEqual({ kind: 'complete', stored: 'onexy', bytes: 5 });
	});

	it('of nothing is interrupted', async () => {
		const result = await transfer(body(), collect, limits());
		expect(result).toStrictEqual({ kind: 'interrupted', fault: { reason: 'emptyFile' } });
	});

	it('ends as soon as it is too large, although no length was announced', async () => {
		let read = 0;
		const endless = new Readable({
			read() {
				read++;
				this.push(Buffer.alloc(10));
			},
		});
		const result = await transfer(endless, collect, limits({ maxBytes: 25 }));
		expect(result).toStrictEqual({ kind: 'tooLarge' });
		expect(read).toBeLessThan(10_000);
		expect(endless.destroyed).toBe(true);
	});

	it('that stalls is interrupted', async () => {
		const silent = new Readable({ read() {} });
		silent.push(Buffer.from('one'));
		const result = await transfer(silent, collect, limits());
		expect(result).toStrictEqual({
			kind: 'interrupted',
			fault: { reason: 'interrupted', bytes: 3 },
		});
	});

	it('passes on what the store throws on its own account', async () => {
		const full = new Error('no space left');
		const storing = transfer(body('one'), async () => await Promise.reject(full), limits());
		await expect(storing).rejects.toBe(full);
	});
});
