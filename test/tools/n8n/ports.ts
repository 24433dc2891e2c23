import { createServer } from 'node:net';

/** Different ports on 127.0.0.1 that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
	// All are held until the last is known, so that no port is given out twice.
	const servers = await Promise.all(Array.from({ length: count }, () => hold(0)));
	await Promise.all(servers.map(({ release }) => release()));
	return servers.map(({ port }) => port);
}

/** Whether nobody listens on this port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
	try {
		await (await hold(port)).release();
		return true;
	} catch {
		return false;
	}
}

/** @param wanted 0 takes any free port */
async function hold(wanted: number): Promise<{ port: number; release: () => Promise<void> }> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(wanted, '127.0.0.1', resolve);
	});
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('No port was assigned');
	const release = () => new Promise<void>((resolve) => void server.close(() => resolve()));
	return { port: address.port, release };
}
