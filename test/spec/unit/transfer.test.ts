import { createServer, get, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

import { transfer } from '../../../nodes/KieVeo/files/transfer';
import type { Clock } from '../../../nodes/KieVeo/kie/http/clock';
import { listen } from '../../tools/simulator/network';
import { FakeClock } from './fakeClock';

const collect = async (stream: Readable) => {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
};
const body = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
const ORDER = {
	url: 'https://file.example/v.mp4',
	taskId: 'veo_task_1',
	name: 'v',
	maxBytes: null,
};
/** From the stream of a host to a store, with what the host has announced. */
const pass = async <T>(
	from: Readable,
	store: (content: Readable) => Promise<T>,
	announced: number | null = null,
	{ maxBytes = null, clock = new FakeClock() }: { maxBytes?: number | null; clock?: Clock } = {},
) => await transfer(from, store, { ...ORDER, maxBytes }, announced, { clock });

describe('a transfer', () => {
	it.each([
		['its length announced', 5],
		['the length announced that it had before it was unpacked', 3],
		['no length announced', null],
	])('is complete with %s', async (_what, announced) => {
		const result = await pass(body('one', 'xy'), collect, announced);
		expect(result).toStrictEqual({ stored: 'onexy', bytes: 5 });
	});

	it('that is too short is interrupted', async () => {
		const result = await pass(body('one', 'xy'), collect, 200);
		expect(result).toBe('5 of 200 announced bytes arrived');
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
		const result = await pass(body('one', 'xy'), listen, 5, { clock });
		expect(result).toStrictEqual({ stored: 'onexy', bytes: 5 });
	});

	it('of nothing is interrupted', async () => {
		expect(await pass(body(), collect)).toBe('the file is empty');
	});

	it('ends as soon as it is too large, although no length was announced', async () => {
		let read = 0;
		const endless = new Readable({
			read() {
				read++;
				this.push(Buffer.alloc(10));
			},
		});
		const passing = pass(endless, collect, null, { maxBytes: 25 });
		await expect(passing).rejects.toThrow('it is larger than 0.000025 MB');
		expect(read).toBeLessThan(10_000);
		expect(endless.destroyed).toBe(true);
	});

	it('that stalls is interrupted', async () => {
		const silent = new Readable({ read() {} });
		silent.push(Buffer.from('one'));
		const clock = Object.assign(new FakeClock(), { now: () => 0 });
		expect(await pass(silent, collect, null, { clock })).toBe('interrupted after 3 bytes');
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
			await expect(pass(answer, write, 5)).rejects.toThrow(`to its disk (${code})`);
			server.close();
		},
	);

	it('passes on what the store throws on its own account', async () => {
		const full = new Error('no space left');
		const storing = pass(body('one'), async () => await Promise.reject(full));
		await expect(storing).rejects.toBe(full);
	});
});
