import type { ServerResponse } from 'node:http';
import type { Fault } from './faults';
import type { Reply } from './reply';

/** Sends a reply, spoiled on the wire where the fault asks for it. */
export async function send(
	response: ServerResponse,
	reply: Reply,
	withBody: boolean,
	fault?: Fault,
): Promise<void> {
	const { content } = reply;
	const announced = content.length + (fault?.kind === 'wrong-length' ? (fault.delta ?? 10) : 0);
	response.writeHead(reply.status, {
		'content-type': content.type,
		...reply.headers,
		'content-length': announced,
		// A connection whose bytes cannot be counted cannot be used again.
		...(fault?.kind === 'wrong-length' ? { connection: 'close' } : {}),
	});
	if (!withBody) {
		response.end();
		return;
	}
	const sent =
		fault?.kind === 'cut-transfer'
			? Math.min(content.length, fault.bytes ?? Math.floor(content.length / 2))
			: content.length;
	for await (const chunk of content.open(0, sent)) {
		if (!(await written(response, chunk as Buffer))) return;
	}
	if (fault?.kind === 'cut-transfer') response.socket?.destroy();
	else response.end();
}

/** Waits until the chunk has left, which also bounds the memory; false when the client is gone. */
async function written(response: ServerResponse, chunk: Buffer): Promise<boolean> {
	if (response.destroyed) return false;
	return await new Promise((resolve) => {
		const gone = () => resolve(false);
		response.once('close', gone);
		response.write(chunk, (error) => {
			response.off('close', gone);
			resolve(!error);
		});
	});
}
