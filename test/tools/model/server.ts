import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import { isJsonObject, type JsonObject } from '../../../nodes/KieVeo/values';
import { describeError } from '../n8n/command';
import { closeServer, listen } from '../simulator/network';

/** What a model sees: the tools it may call, and what came of it. */
interface Turn {
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
type Move = { call: string; input: object } | { say: string };

/** Decides as a model would. */
type Mind = (turn: Turn) => Move;

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
		const answer = (path: string, body: JsonObject) => {
			const { read, write } = path.endsWith('/responses') ? RESPONSES : CHAT_COMPLETIONS;
			const turn = read(body);
			turns.push(turn);
			const move = mind(turn);
			if ('say' in move) said.push(move.say);
			return write(move, turns.length);
		};
		const server = createServer((request, response) => {
			json(request)
				.then((body) => answer(request.url ?? '', asObject(body, 'request')))
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
		const close = async () => await closeServer(server);
		return new ModelServer(`http://127.0.0.1:${port}/v1`, turns, said, close);
	}
}

/**
 * A model that wants one film or picture: it starts it once, then asks for a film until it is there.
 *
 * @param start the tool that it starts it with, whose argument is `Prompt`
 * @returns a mind that asks with the tool `Get`, whose argument is `Task_ID`
 */
export function filmMaker(start: string): Mind {
	return ({ tools, toolResults }) => {
		const call = (name: string, input: object): Move => {
			// A tool that a person has to approve takes its arguments beside those of the question.
			const asks = tools.get(name)?.parameters.includes('toolParameters');
			return { call: name, input: asks ? { toolParameters: input, hitlParameters: {} } : input };
		};
		const result = toolResults.at(-1)?.replaceAll('\\', '');
		if (result === undefined) return call(start, { Prompt: 'A dog in a park' });
		const field = (name: string) => new RegExp(`"${name}":"([^"]+)"`).exec(result)?.[1];
		const url = field('videoUrl') ?? field('fileUrl');
		if (url) return { say: `It is at ${url}` };
		const taskId = field('taskId');
		return taskId ? call('Get', { Task_ID: taskId }) : { say: `There is none: ${result}` };
	};
}

/** A form in which OpenAI's API is spoken. */
interface Speech {
	read(body: JsonObject): Turn;
	write(move: Move, number: number): object;
}

const CHAT_COMPLETIONS: Speech = {
	read: ({ messages, tools }) => ({
		tools: toolsOf(records(tools).map((tool) => asObject(tool.function, 'tool'))),
		toolResults: records(messages)
			.filter(({ role }) => role === 'tool')
			.map(({ content }) => textOf(content)),
	}),
	write: (move, number) => {
		const message =
			'call' in move
				? {
						content: null,
						tool_calls: [{ id: `call_${number}`, type: 'function', function: named(move) }],
					}
				: { content: move.say };
		const finish_reason = 'call' in move ? 'tool_calls' : 'stop';
		return {
			...{ id: `chatcmpl-${number}`, object: 'chat.completion', created: 1, model: 'stand-in' },
			choices: [{ index: 0, finish_reason, message: { role: 'assistant', ...message } }],
			usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
		};
	},
};

const RESPONSES: Speech = {
	read: ({ input, tools }) => ({
		tools: toolsOf(records(tools)),
		toolResults: records(input)
			.filter(({ type }) => type === 'function_call_output')
			.map(({ output }) => textOf(output)),
	}),
	write: (move, number) => {
		const item =
			'call' in move
				? { id: `fc_${number}`, type: 'function_call', call_id: `call_${number}`, ...named(move) }
				: {
						...{ id: `msg_${number}`, type: 'message', role: 'assistant' },
						content: [{ type: 'output_text', text: move.say, annotations: [] }],
					};
		return {
			...{ id: `resp_${number}`, object: 'response', created_at: 1, model: 'stand-in' },
			...{ status: 'completed', error: null, output: [{ ...item, status: 'completed' }] },
			usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
		};
	},
};

function named({ call, input }: Extract<Move, { call: string }>): object {
	return { name: call, arguments: JSON.stringify(input) };
}

function toolsOf(functions: JsonObject[]): Map<string, Tool> {
	return new Map(
		functions.map(({ name, description, parameters }) => {
			const { properties } = asObject(parameters, 'parameters');
			const names = Object.keys(asObject(properties, 'properties'));
			return [textOf(name), { description: textOf(description), parameters: names }];
		}),
	);
}

function records(value: unknown): JsonObject[] {
	return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** @throws Error that names `what` when the value is not an object. */
function asObject(value: unknown, what: string): JsonObject {
	if (isJsonObject(value)) return value;
	throw new Error(`${what}: expected an object, got ${JSON.stringify(value)?.slice(0, 200)}`);
}
