import { type Server, type ServerResponse, createServer } from 'node:http';
import type { Socket } from 'node:net';
import { type Fault, altered, replacement } from './faults';
import { BodyTooLarge, type Incoming, incomingOf, readBody } from './incoming';
import type { Host, JournalEntry } from './journal';
import { type Reply, textReply } from './reply';
import { isPlainObject } from '../api/check';
import { listen } from '../network/sockets';
import type { Operation } from '../state/scenario';
import { send } from './send';
import type { World } from '../state/world';

/** API bodies are small. */
const MAX_API_BODY = 1024 * 1024;

export interface HostRoutes {
	/** Answers a request that plays Kie. */
	answer(incoming: Incoming): Reply | Promise<Reply>;
	operationOf?(incoming: Incoming): Operation | null;
	/** Requests to the simulator itself: not in the journal, not hit by faults. */
	control?(incoming: Incoming): Promise<Reply | undefined>;
}

/** One listening host on loopback. */
export class HostServer {
	private readonly server: Server;
	private readonly held = new Set<Socket>();

	constructor(
		private readonly world: World,
		private readonly host: Host,
		private readonly routes: HostRoutes,
	) {
		this.server = createServer((message, response) => {
			this.handle(incomingOf(message), response).catch((error: unknown) => {
				// The client went away in the middle, or the simulator has a fault of its own.
				if (response.headersSent || message.destroyed) response.destroy();
				else void send(response, textReply(`Simulator error: ${String(error)}`, 500), true);
			});
		});
		// Longer than clients keep idle connections, so that they never meet one just closed.
		this.server.keepAliveTimeout = 120_000;
	}

	/** Starts listening and returns the address. */
	async listen(port: number): Promise<string> {
		return `http://127.0.0.1:${await listen(this.server, port)}`;
	}

	/** Cuts the connections that were never to be answered. */
	releaseHeld(): void {
		for (const socket of this.held) socket.destroy();
		this.held.clear();
	}

	async close(): Promise<void> {
		this.releaseHeld();
		await new Promise<void>((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
	}

	private async handle(incoming: Incoming, response: ServerResponse): Promise<void> {
		const { message, method, path, query, headers } = incoming;
		const control = await this.routes.control?.(incoming);
		if (control) return await send(response, control, true);

		const entry = this.world.journal.open({
			host: this.host,
			method,
			path,
			query: Object.fromEntries(query),
			headers,
			operation: null,
		});
		if (this.host === 'api') incoming.body = await apiBody(incoming);
		entry.operation = this.routes.operationOf?.(incoming) ?? null;
		entry.body = incoming.body;
		entry.taskId = this.taskIdOf(incoming);

		const fault = this.world.faults.take(entry);
		entry.fault = fault?.label ?? fault?.kind ?? null;
		if (fault?.kind === 'reset-before') return reset(message.socket);
		if (fault?.kind === 'hang' && !fault.processed) return this.hold(message.socket);
		const reply = await this.process(incoming, entry, fault);
		// Unread parts of a body would block the next request.
		message.resume();

		if (fault?.kind === 'reset-after') return reset(message.socket);
		if (fault?.kind === 'hang') return this.hold(message.socket);
		if (fault?.kind === 'slow') await pause(fault.ms);
		if (response.destroyed) return;
		entry.httpStatus = reply.status;
		await send(response, reply, method !== 'HEAD', fault);
	}

	/** Lets the request take effect unless the fault prevents it, and notes the result. */
	private async process(
		incoming: Incoming,
		entry: JournalEntry,
		fault: Fault | undefined,
	): Promise<Reply> {
		const instead = fault && replacement(fault, this.host);
		const hasEffect = !instead || (fault && 'processed' in fault && fault.processed);
		let reply = instead;
		if (hasEffect) {
			const proper = await this.routes.answer(incoming);
			entry.submission = proper.submission ?? false;
			entry.creditsCharged = proper.creditsCharged ?? 0;
			entry.taskId = proper.taskId ?? entry.taskId;
			entry.jobId = proper.jobId ?? null;
			entry.body = incoming.body;
			reply ??= fault ? altered(fault, proper) : proper;
		}
		reply ??= textReply('', 500);
		entry.answer = reply.answer;
		return reply;
	}

	private taskIdOf({ body, path, query }: Incoming): string | null {
		if (this.host === 'file') return this.world.files.taskOf(path);
		const fields = isPlainObject(body) ? body : {};
		const input = isPlainObject(fields.input) ? fields.input : {};
		const id = query.get('taskId') ?? fields.taskId ?? input.task_id ?? input.taskId;
		return typeof id === 'string' ? (this.world.tasks.baseOf(id) ?? id) : null;
	}

	private hold(socket: Socket): void {
		this.held.add(socket);
		socket.once('close', () => this.held.delete(socket));
	}
}

async function apiBody({ message }: Incoming): Promise<unknown> {
	try {
		return await readBody(message, MAX_API_BODY);
	} catch (error) {
		if (error instanceof BodyTooLarge) return `(more than ${MAX_API_BODY} bytes)`;
		throw error;
	}
}

function reset(socket: Socket): void {
	socket.resetAndDestroy();
}

/** By the timers of the process, which a test may have replaced; does not keep it alive. */
async function pause(ms: number): Promise<void> {
	await new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
}
