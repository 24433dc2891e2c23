import { Readable } from 'node:stream';

import { downloadFile, type DownloadPorts } from '../../../nodes/KieVeo/files/download';
import type { KieVeoError } from '../../../nodes/KieVeo/messages/errors';
import { FakeClock } from './fakeClock';
import { errorOf1x, errorOf2x, TRANSPORT_FAULTS } from './transportFaults';

const ORDER = {
	url: 'https://tempfile.example.com/v.mp4',
	taskId: 'veo_task_1',
	name: 'video',
	maxBytes: null,
};

type FetchFile = DownloadPorts['fetchFile'];

/** Downloads from a host that always behaves like this. */
async function download(fetchFile: FetchFile): Promise<{ error: KieVeoError; requests: number }> {
	let requests = 0;
	const ports = {
		fetchFile: async (url: string) => {
			requests++;
			return await fetchFile(url);
		},
		apiBaseUrl: 'https://api.kie.ai',
		clock: new FakeClock(),
	} as unknown as DownloadPorts;
	const error = await downloadFile(ORDER, ports).then(
		() => {
			throw new Error('It was downloaded');
		},
		(thrown: KieVeoError) => thrown,
	);
	return { error, requests };
}

function fault(name: string) {
	const found = TRANSPORT_FAULTS.find((one) => one.name === name);
	if (!found) throw new Error(`No fault ${name}`);
	return found;
}

describe.each([
	{ line: '1.x', errorOf: errorOf1x },
	{ line: '2.x', errorOf: errorOf2x },
])('a file that n8n $line cannot fetch', ({ errorOf }) => {
	it.each<[fault: string, requests: number, words: string, advice: string]>([
		['address blocked by n8n', 1, 'restricted IP address', 'N8N_SSRF_ALLOWED_IP_RANGES'],
		['unknown authority', 1, 'does not trust the issuer', 'NODE_EXTRA_CA_CERTS'],
		['proxy closed', 1, 'the proxy closed the connection', 'HTTPS_PROXY'],
		['https to an http port', 1, 'does not speak TLS', 'Check the URL'],
		['refused', 3, 'connection refused', 'tried several times'],
		['unknown name', 3, 'host name not found', 'tried several times'],
		['reset after the request', 3, 'connection lost', 'tried several times'],
		['no answer in time', 3, 'no answer in time', 'tried several times'],
	])('is told after %s, and asked for %i times', async (name, expected, words, advice) => {
		const { error, requests } = await download(async () => {
			throw errorOf(fault(name));
		});
		expect(error.message).toContain(words);
		expect(error.message).toContain(ORDER.taskId);
		expect(error.description).toContain(advice);
		expect(requests).toBe(expected);
	});
});

describe('a proxy that wants a login', () => {
	it('ends a download at once', async () => {
		const { error, requests } = await download(async () => ({
			statusCode: 407,
			headers: {},
			body: Readable.from([]),
		}));
		expect(error.description).toContain('http://user:password@host:port');
		expect(requests).toBe(1);
	});
});
