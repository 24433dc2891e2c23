import type { Mind, Move, Turn } from './server';

/**
 * A model that wants one film or picture: it starts it once, then asks for a film until it is there.
 *
 * @param start the tool that it starts it with, whose argument is `Prompt`
 * @returns a mind that asks with the tool `Get`, whose argument is `Task_ID`
 */
export function filmMaker(start: string): Mind {
	return ({ tools, toolResults }) => {
		const result = toolResults.at(-1)?.replaceAll('\\', '');
		if (result === undefined) return call(tools, start, { Prompt: 'A dog in a park' });
		const fields = ['videoUrl', 'fileUrl', 'taskId'].map((name) => textField(result, name));
		const [videoUrl, fileUrl, taskId] = fields;
		if (videoUrl ?? fileUrl) return { say: `It is at ${videoUrl ?? fileUrl}` };
		if (taskId) return call(tools, 'Get', { Task_ID: taskId });
		return { say: `There is none: ${result}` };
	};
}

/** A tool that a person has to approve takes its arguments beside those of the question. */
function call(tools: Turn['tools'], name: string, input: object): Move {
	const asks = tools.get(name)?.parameters.includes('toolParameters');
	return { call: name, input: asks ? { toolParameters: input, hitlParameters: {} } : input };
}

function textField(json: string, name: string): string | undefined {
	return new RegExp(`"${name}":"([^"]+)"`).exec(json)?.[1];
}
