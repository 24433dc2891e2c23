import type { Mind, Move, Turn } from './server';

/**
 * A model that wants one film: it starts it once, then asks for it until it is there.
 *
 * @returns a mind for tools with the names `Generate` and `Get`, whose arguments are `Prompt` and `Task_ID`
 */
export const filmMaker: Mind = ({ tools, toolResults }) => {
	const result = toolResults.at(-1)?.replaceAll('\\', '');
	if (result === undefined) return call(tools, 'Generate', { Prompt: 'A dog in a park' });
	const [videoUrl, taskId] = ['videoUrl', 'taskId'].map((name) => textField(result, name));
	if (videoUrl) return { say: `The film is at ${videoUrl}` };
	if (taskId) return call(tools, 'Get', { Task_ID: taskId });
	return { say: `There is no film: ${result}` };
};

/** A tool that a person has to approve takes its arguments beside those of the question. */
function call(tools: Turn['tools'], name: string, input: object): Move {
	const asks = tools.get(name)?.parameters.includes('toolParameters');
	return { call: name, input: asks ? { toolParameters: input, hitlParameters: {} } : input };
}

function textField(json: string, name: string): string | undefined {
	return new RegExp(`"${name}":"([^"]+)"`).exec(json)?.[1];
}
