/* How the rows of the corpus are written, and the shapes that several of them have. */

/** What Kie says, and where it was seen. */
export interface Sourced {
	what: string;
	source: string;
	body: unknown;
}

/** Rows that have the same facts, but for what is given with one of them. */
export function rowsOf<Facts>(
	facts: Facts,
	...rows: Array<[what: string, source: string, body: unknown, different?: Partial<Facts>]>
): Array<Facts & Sourced> {
	return rows.map(([what, source, body, different]) => ({
		...{ what, source, body },
		...facts,
		...different,
	}));
}

export const text = (value: unknown) => JSON.stringify(value);
export const ok = (data: unknown, code: number | null = 200, msg = 'success') => ({
	code,
	msg,
	data,
});

export const JOB = 'e931f4f24b0f6d5bc4744c719d3f67f3';

/** A job as it was in August 2026; `param` is JSON text, and in it `input` is JSON text again. */
export const jobOf = (
	model: string,
	facts: object,
	input: object = { prompt: 'A dog', model: 'veo3_fast' },
) => ({
	taskId: JOB,
	model,
	state: 'success',
	param: text({ model, input: text(input) }),
	resultJson: '',
	failCode: null,
	failMsg: null,
	costTime: 148,
	completeTime: 1788941358629,
	createTime: 1788941299171,
	creditsConsumed: 60,
	...facts,
});
export const gives = (result: object) => ({ resultJson: text(result) });
export const running = (state: string, facts: object) => ({
	state,
	costTime: null,
	completeTime: null,
	...facts,
});

/** How the end of a job is reported. */
export const reported = (data: object, code = 200) => ({
	code,
	msg: code === 200 ? 'Playground task completed successfully.' : 'Playground task failed.',
	data,
});
