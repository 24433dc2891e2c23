import { createServer } from 'node:net';

import { listen } from '../simulator/network';

/** Different ports on 127.0.0.1 that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
	// All are held until the last is known, so that no port is given out twice.
	const servers = Array.from({ length: count }, () => createServer());
	const ports = await Promise.all(servers.map(async (server) => await listen(server)));
	for (const server of servers) server.close();
	return ports;
}

/** Whether nobody listens on this port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	try {
		await listen(server, port);
		return true;
	} catch {
		return false;
	} finally {
		server.close();
	}
}
