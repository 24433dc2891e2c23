import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { isJsonObject } from '../../../nodes/KieVeo/values';
import { spoil } from './faults';
import { closeServer, listen } from './network';
import { statusPage } from './page';
import { Refusal, type Reply, textReply } from './reply';
import type { Simulator } from './simulator';

export type Host = 'api' | 'upload' | 'file';

/** A request as the hosts see it. */
export interface Incoming {
	method: string;
	path: string;
	query: Record<string, string>;
	/** Names in lower case; repeated headers joined with a comma. */
	headers: Record<string, string>;
	/** Parsed JSON, other text, or null. On the upload host null until it is read, then a summary. */
	body: unknown;
	/** Lower case, without parameters. */
	contentType: string;
	/** The key of the Authorization header; empty when there is none. */
	bearer: string;
	message: IncomingMessage;
}

/** One request, noted when it arrived and completed when it was answered. */
export interface JournalEntry
	extends Pick<Incoming, 'method' | 'path' | 'query' | 'headers' | 'body'> {
	/** Epoch milliseconds of the request's arrival. */
	at: number;
	host: Host;
	/** The task the request is about, as far as it is known. */
	taskId: string | null;
	/** Of an upgrade that was ordered through the jobs API: the id it was given. */
	jobId: string | null;
	/** Null while unanswered, and for good where the connection was cut before an answer. */
	httpStatus: number | null;
	/** The answer made (parsed JSON or text), also where a fault kept it from being sent. */
	answer: unknown;
	/** Asked for new work: accepted, refused, or turned away by the rate limit. Polls are false. */
	submission: boolean;
	creditsCharged: number;
	/** Kind of the fault that hit it. */
	fault: string | null;
}

/** One listening host on loopback. */
export class HostServer {
	private readonly server = createServer((message, response) => {
		this.handle(incomingOf(message), response).catch((error: unknown) => {
			// The client went away in the middle, or the simulator has a fault of its own.
			if (response.headersSent || message.destroyed) response.destroy();
			else void send(response, textReply(`Simulator error: ${String(error)}`, 500));
		});
	});

	constructor(
		private readonly simulator: Simulator,
		private readonly host: Host,
		/** Answers a request that plays Kie. */
		private readonly answer: (incoming: Incoming) => Reply | Promise<Reply>,
	) {
		// Longer than clients keep idle connections, so that they never meet one just closed.
		this.server.keepAliveTimeout = 120_000;
	}

	/** Starts listening and returns the address. */
	async listen(port?: number): Promise<string> {
		return `http://127.0.0.1:${await listen(this.server, port)}`;
	}

	async close(): Promise<void> {
		await closeServer(this.server);
	}

	private async handle(incoming: Incoming, response: ServerResponse): Promise<void> {
		const { message, method, path, query, headers } = incoming;
		const { host, simulator } = this;
		// To the simulator itself: not in the journal, not hit by faults.
		if (host === 'api' && method === 'GET' && path === '/') {
			const page = textReply(statusPage(simulator), 200, 'text/html;charset=UTF-8');
			return await send(response, page);
		}
		if (host === 'api') incoming.body = await readBody(message);
		const entry: JournalEntry = {
			...{ at: Date.now(), host, method, path, query, headers, body: incoming.body },
			...{ taskId: this.taskIdOf(incoming), jobId: null, httpStatus: null, answer: null },
			...{ submission: false, creditsCharged: 0, fault: null },
		};
		simulator.journal.push(entry);
		const process = async () => await this.process(incoming, entry);
		const fault = simulator.takeFault(entry);
		entry.fault = fault?.kind ?? null;
		const reply = fault ? await spoil(fault, host, process) : await process();
		if (!reply) return void message.socket.resetAndDestroy();
		entry.answer = reply.answer;
		// Unread parts of a body would block the next request.
		message.resume();
		if (response.destroyed) return;
		entry.httpStatus = reply.status;
		await send(response, reply);
	}

	/** Lets the request take effect, and notes the result. */
	private async process(incoming: Incoming, entry: JournalEntry): Promise<Reply> {
		let reply: Reply;
		try {
			reply = await this.answer(incoming);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			reply = error.reply;
		}
		const { submission = false, creditsCharged = 0, taskId = entry.taskId, jobId = null } = reply;
		const { body } = incoming;
		Object.assign(entry, { submission, creditsCharged, taskId, jobId, body, answer: reply.answer });
		return reply;
	}

	private taskIdOf({ body, path, query }: Incoming): string | null {
		if (this.host === 'file') return this.simulator.files.taskOf(path);
		const fields = isJsonObject(body) ? body : {};
		const input = isJsonObject(fields.input) ? fields.input : {};
		const id = query.taskId ?? fields.taskId ?? input.task_id ?? input.taskId;
		return typeof id === 'string' ? this.simulator.baseOf(id) : null;
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
	const body = await text(message);
	if (body === '') return null;
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return body;
	}
}

async function send(response: ServerResponse, reply: Reply): Promise<void> {
	const { status, headers, content, sent = content.length, announced = sent, isCut } = reply;
	response.writeHead(status, {
		'content-type': content.type,
		...headers,
		'content-length': announced,
		// A connection whose bytes cannot be counted cannot be used again.
		...(announced === sent ? {} : { connection: 'close' }),
	});
	await pipeline(content.open(sent), response, { end: !isCut });
	if (isCut) response.socket?.destroySoon();
}
