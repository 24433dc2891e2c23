import { createServer, get, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

import { transfer } from '../../../nodes/KieVeo/files/transfer';
import { listen } from '../../tools/simulator/network';
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
		['the length announced that it had before it was unpacked', 3],
		['no length announced', null],
	])('is complete with %s', async (_what, announced) => {
		const result = await transfer(body('one', 'xy'), collect, limits({ announced }));
		expect(result).toStrictEqual({ kind: 'complete', stored: 'onexy', bytes: 5 });
	});

	it('that is too short is interrupted', async () => {
		const result = await transfer(body('one', 'xy'), collect, limits({ announced: 200 }));
		expect(result).toStrictEqual({
			kind: 'interrupted',
			fault: '5 of 200 announced bytes arrived',
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
		expect(result).toStrictEqual({ kind: 'interrupted', fault: 'the file is empty' });
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
		const clock = Object.assign(new FakeClock(), { now: () => 0 });
		const result = await transfer(silent, collect, { ...limits(), clock });
		expect(result).toStrictEqual({
			kind: 'interrupted',
			fault: 'interrupted after 3 bytes',
		});
	});

	it.each(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'])(
		'tells %s of the disk, and not the lost connection that the store makes of it',
		async (code) => {
			// As Node.js writes a stream to a file: what cannot be written destroys the stream.
			const write = async (content: Readable) => {
				try {
					for await (const chunk of content) {
						throw Object.assign(new Error(`${code}, write ${String(chunk)}`), { code });
					}
				} finally {
					await new Promise((soon) => setImmediate(soon));
				}
			};
			const server = createServer((_request, response) => void response.write('one'));
			const port = await listen(server);
			const answer = await new Promise<IncomingMessage>((done) => get({ port }, done));
			const result = await transfer(answer, write, limits({ announced: 5 }));
			server.close();
			expect(result).toStrictEqual({ kind: 'notStored', code });
		},
	);

	it('passes on what the store throws on its own account', async () => {
		const full = new Error('no space left');
		const storing = transfer(body('one'), async () => await Promise.reject(full), limits());
		await expect(storing).rejects.toBe(full);
	});
});
