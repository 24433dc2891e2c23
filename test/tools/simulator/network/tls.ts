import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, createServer } from 'node:tls';
import { promisify } from 'node:util';
import { Connections, leadTo, listen } from './sockets';

const run = promisify(execFile);

/** A host with HTTPS in front of one without. Its certificate is of an authority of its own. */
export class TlsFront {
	url = '';
	/** The authority's certificate, as NODE_EXTRA_CA_CERTS takes it: a file, gone after `close()`. */
	readonly authority: string;
	/** Connections whose handshake was completed. */
	connections = 0;
	private readonly server: Server;
	private readonly open: Connections;

	private constructor(
		target: string,
		private readonly folder: string,
	) {
		this.authority = join(folder, 'authority.pem');
		const [key, cert] = ['host.key', 'host.pem'].map((name) => readFileSync(join(folder, name)));
		this.server = createServer({ key, cert }, (socket) => {
			this.connections += 1;
			leadTo(target, socket);
		});
		// Clients that do not trust it leave in the middle of the handshake.
		this.server.on('tlsClientError', () => undefined);
		this.open = new Connections(this.server);
	}

	/** @param names host names and IP addresses the certificate is for */
	static async start(target: string, names: string[] = ['127.0.0.1']): Promise<TlsFront> {
		const folder = mkdtempSync(join(tmpdir(), 'kie-veo-tls-'));
		await makeCertificates(folder, names);
		const front = new TlsFront(target, folder);
		front.url = `https://127.0.0.1:${await listen(front.server)}`;
		return front;
	}

	async close(): Promise<void> {
		await this.open.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Node.js makes keys but no certificates, so this asks OpenSSL 3. */
async function makeCertificates(folder: string, names: string[]): Promise<void> {
	const certificate = async (name: string, ...more: string[]) => {
		const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
		const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
		const args = ['req', '-x509', ...key, '-days', '2', '-subj', `/CN=${name}`, ...files, ...more];
		await run('openssl', args, { cwd: folder });
	};
	const alternatives = names.map((name) => `${isIP(name) > 0 ? 'IP' : 'DNS'}:${name}`);
	await certificate('authority');
	await certificate(
		'host',
		...['-CA', 'authority.pem', '-CAkey', 'authority.key'],
		...['-addext', `subjectAltName=${alternatives.join(',')}`],
		...['-addext', 'basicConstraints=critical,CA:FALSE'],
	);
}
