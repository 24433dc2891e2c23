import { createServer, type IncomingMessage } from 'node:http';

import { describeError } from '../n8n/errors';
import { asRecord } from '../n8n/wire';
import { listen } from '../simulator/network';

/** What a model sees: who said what, and the tools it may call. */
export interface Turn {
	/** By name. */
	tools: ReadonlyMap<string, Tool>;
	/** What the tools have answered so far, oldest first. */
	toolResults: readonly string[];
}

export interface Tool {
	description: string;
	/** Names of its arguments. */
	parameters: readonly string[];
}

/** What a model does next. */
export type Move = { call: string; input: object } | { say: string };

/** Decides as a model would. */
export type Mind = (turn: Turn) => Move;

/** A stand-in for a language model on loopback that speaks OpenAI's API: chat completions and responses. */
export class ModelServer {
	private constructor(
		/** To give to n8n as the base URL of the credential. */
		readonly url: string,
		/** Every turn so far, oldest first. */
		readonly turns: readonly Turn[],
		/** What the model has said to the person, oldest first. */
		readonly said: readonly string[],
		/** Ends the server. */
		readonly close: () => Promise<void>,
	) {}

	static async start(mind: Mind): Promise<ModelServer> {
		const turns: Turn[] = [];
		const said: string[] = [];
		const answer = (path: string, body: Record<string, unknown>) => {
			if (path.endsWith('/models'))
				return { object: 'list', data: [{ id: MODEL, object: 'model' }] };
			const speaks = path.endsWith('/responses') ? RESPONSES : CHAT_COMPLETIONS;
			const turn = speaks.read(body);
			turns.push(turn);
			const move = mind(turn);
			if ('say' in move) said.push(move.say);
			return speaks.write(move, turns.length);
		};
		const server = createServer((request, response) => {
			readBody(request)
				.then((body) => answer(request.url?.split('?')[0] ?? '', body))
				.catch((error: unknown) => {
					response.statusCode = 400;
					return { error: { message: describeError(error) } };
				})
				.then((body) => {
					response.setHeader('content-type', 'application/json');
					response.end(JSON.stringify(body));
				})
				.catch(() => response.destroy());
		});
		const port = await listen(server);
		const close = async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		};
		return new ModelServer(`http://127.0.0.1:${port}/v1`, turns, said, close);
	}
}

const MODEL = 'stand-in';
const USAGE = {
	prompt_tokens: 1,
	completion_tokens: 1,
	input_tokens: 1,
	output_tokens: 1,
	total_tokens: 2,
};

/** A form in which OpenAI's API is spoken. */
interface Speech {
	read(body: Record<string, unknown>): Turn;
	write(move: Move, number: number): object;
}

const CHAT_COMPLETIONS: Speech = {
	read: ({ messages, tools }) => ({
		tools: toolsOf(records(tools).map((tool) => asRecord(tool.function, 'tool'))),
		toolResults: records(messages)
			.filter(({ role }) => role === 'tool')
			.map(({ content }) => textOf(content)),
	}),
	write: (move, number) => ({
		id: `chatcmpl-${number}`,
		object: 'chat.completion',
		created: 1,
		model: MODEL,
		choices: [
			{
				index: 0,
				finish_reason: 'call' in move ? 'tool_calls' : 'stop',
				message:
					'call' in move
						? {
								role: 'assistant',
								content: null,
								tool_calls: [
									{
										id: `call_${number}`,
										type: 'function',
										function: { name: move.call, arguments: JSON.stringify(move.input) },
									},
								],
							}
						: { role: 'assistant', content: move.say },
			},
		],
		usage: USAGE,
	}),
};

const RESPONSES: Speech = {
	read: ({ input, tools }) => ({
		tools: toolsOf(records(tools)),
		toolResults: records(input)
			.filter(({ type }) => type === 'function_call_output')
			.map(({ output }) => textOf(output)),
	}),
	write: (move, number) => ({
		id: `resp_${number}`,
		object: 'response',
		created_at: 1,
		model: MODEL,
		status: 'completed',
		error: null,
		output: [
			'call' in move
				? {
						type: 'function_call',
						id: `fc_${number}`,
						call_id: `call_${number}`,
						name: move.call,
						arguments: JSON.stringify(move.input),
						status: 'completed',
					}
				: {
						type: 'message',
						id: `msg_${number}`,
						role: 'assistant',
						status: 'completed',
						content: [{ type: 'output_text', text: move.say, annotations: [] }],
					},
		],
		usage: USAGE,
	}),
};

function toolsOf(functions: Array<Record<string, unknown>>): Map<string, Tool> {
	return new Map(
		functions.map(({ name, description, parameters }) => {
			const { properties } = asRecord(parameters, 'parameters');
			const names = Object.keys(asRecord(properties, 'properties'));
			return [textOf(name), { description: textOf(description), parameters: names }];
		}),
	);
}

function records(value: unknown): Array<Record<string, unknown>> {
	return Array.isArray(value) ? value.map((one) => asRecord(one, 'list')) : [];
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const text = Buffer.concat(chunks).toString('utf8');
	return text === '' ? {} : asRecord(JSON.parse(text), 'request');
}
