import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { spoil } from './faults';
import type { Host, JournalEntry } from './journal';
import { listen } from './network';
import { Refusal, type Reply, textReply } from './reply';
import { isObject, type Operation } from './scenario';
import type { World } from './world';

/** A request as the hosts see it. */
export interface Incoming {
	method: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	/** Lower case, without parameters. */
	contentType: string;
	/** The key of the Authorization header; empty when there is none. */
	bearer: string;
	/** Parsed JSON, other text, or null. Not read yet on the upload host. */
	body: unknown;
	message: IncomingMessage;
}

export interface HostRoutes {
	/** Answers a request that plays Kie. */
	answer(incoming: Incoming): Reply | Promise<Reply>;
	operationOf?(incoming: Incoming): Operation | null;
	/** Requests to the simulator itself: not in the journal, not hit by faults. */
	page?(incoming: Incoming): Reply | undefined;
}

/** One listening host on loopback. */
export class HostServer {
	private readonly server = createServer((message, response) => {
		this.handle(incomingOf(message), response).catch((error: unknown) => {
			// The client went away in the middle, or the simulator has a fault of its own.
			if (response.headersSent || message.destroyed) response.destroy();
			else void send(response, textReply(`Simulator error: ${String(error)}`, 500), true);
		});
	});

	constructor(
		private readonly world: World,
		private readonly host: Host,
		private readonly routes: HostRoutes,
	) {
		// Longer than clients keep idle connections, so that they never meet one just closed.
		this.server.keepAliveTimeout = 120_000;
	}

	/** Starts listening and returns the address. */
	async listen(port?: number): Promise<string> {
		return `http://127.0.0.1:${await listen(this.server, port)}`;
	}

	async close(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
	}

	private async handle(incoming: Incoming, response: ServerResponse): Promise<void> {
		const page = this.routes.page?.(incoming);
		if (page) return await send(response, page, true);

		const { message, method, path, query, headers } = incoming;
		if (this.host === 'api') incoming.body = await readBody(message);
		const entry: JournalEntry = {
			...{ at: Date.now(), host: this.host, method, path, query, headers, body: incoming.body },
			operation: this.routes.operationOf?.(incoming) ?? null,
			taskId: this.taskIdOf(incoming),
			...{ jobId: null, httpStatus: null, answer: null, submission: false, creditsCharged: 0 },
			fault: null,
		};
		this.world.journal.push(entry);
		const process = async () => await this.process(incoming, entry);
		const fault = this.world.takeFault(entry);
		entry.fault = fault?.kind ?? null;
		const reply = fault ? await spoil(fault, this.host, process) : await process();
		if (!reply) return void message.socket.resetAndDestroy();
		entry.answer = reply.answer;
		// Unread parts of a body would block the next request.
		message.resume();
		if (response.destroyed) return;
		entry.httpStatus = reply.status;
		await send(response, reply, method !== 'HEAD');
	}

	/** Lets the request take effect, and notes the result. */
	private async process(incoming: Incoming, entry: JournalEntry): Promise<Reply> {
		const reply = await this.answerOf(incoming);
		const { submission = false, creditsCharged = 0, taskId = entry.taskId, jobId = null } = reply;
		const { body } = incoming;
		Object.assign(entry, { submission, creditsCharged, taskId, jobId, body, answer: reply.answer });
		return reply;
	}

	private async answerOf(incoming: Incoming): Promise<Reply> {
		try {
			return await this.routes.answer(incoming);
		} catch (error) {
			if (error instanceof Refusal) return error.reply;
			throw error;
		}
	}

	private taskIdOf({ body, path, query }: Incoming): string | null {
		if (this.host === 'file') return this.world.files.taskOf(path);
		const fields = isObject(body) ? body : {};
		const input = isObject(fields.input) ? fields.input : {};
		const id = query.taskId ?? fields.taskId ?? input.task_id ?? input.taskId;
		return typeof id === 'string' ? this.world.baseOf(id) : null;
	}
}

function incomingOf(message: IncomingMessage): Incoming {
	// The base only completes the address; the path is taken as it was sent.
	const { pathname, searchParams } = new URL(message.url ?? '/', 'http://simulator');
	const headers = Object.fromEntries(
		Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
	);
	const [type = ''] = (headers['content-type'] ?? '').split(';');
	return {
		method: message.method ?? '',
		path: pathname,
		query: Object.fromEntries(searchParams),
		headers,
		contentType: type.trim().toLowerCase(),
		bearer: /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '',
		body: null,
		message,
	};
}

/** Reads a body: parsed when it is JSON, else its text, null when there is none. */
async function readBody(message: IncomingMessage): Promise<unknown> {
	const chunks: Buffer[] = [];
	for await (const chunk of message.iterator({ destroyOnReturn: false })) {
		chunks.push(chunk as Buffer);
	}
	const text = Buffer.concat(chunks).toString('utf8');
	if (text === '') return null;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

async function send(response: ServerResponse, reply: Reply, withBody: boolean): Promise<void> {
	const { status, headers, content, sent = content.length, announced = sent, isCut } = reply;
	response.writeHead(status, {
		'content-type': content.type,
		...headers,
		'content-length': announced,
		// A connection whose bytes cannot be counted cannot be used again.
		...(announced === sent ? {} : { connection: 'close' }),
	});
	if (!withBody) return void response.end();
	await pipeline(content.open(sent), response, { end: !isCut });
	if (isCut) response.socket?.destroySoon();
}
