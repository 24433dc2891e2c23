import type { Mind } from './server';

/**
 * A model that wants one film: it starts it once, then asks for it until it is there.
 *
 * @returns a mind for tools with the names `Generate` and `Get`, whose arguments are `Prompt` and `Task_ID`
 */
export const filmMaker: Mind = ({ toolResults }) => {
	const result = toolResults.at(-1)?.replaceAll('\\', '');
	if (result === undefined) return { call: 'Generate', input: { Prompt: 'A dog in a park' } };
	const [videoUrl, taskId] = ['videoUrl', 'taskId'].map((name) => textField(result, name));
	if (videoUrl) return { say: `The film is at ${videoUrl}` };
	if (taskId) return { call: 'Get', input: { Task_ID: taskId } };
	return { say: `There is no film: ${result}` };
};

function textField(json: string, name: string): string | undefined {
	return new RegExp(`"${name}":"([^"]+)"`).exec(json)?.[1];
}
