import type { FailureReason } from '../kie/meaning/answer';

/** A fault as the user reads it: the message says what happened, the description what to do next. */
export class KieVeoError extends Error {
	readonly description: string;
	/** Kie's effective status; `undefined` when the fault is not an answer of Kie's. */
	readonly kieCode?: number | null;
	/** The task it is about, or `null`. */
	readonly taskId: string | null;
	/** Why Kie refused for good; `null` for any other fault. */
	readonly failure: FailureReason | null;
	/** Set when the waiting time ran out: the video is not lost, only not ready. */
	readonly timedOut: boolean;
	/** Whether the answer to a paid request was lost: it may have been accepted. */
	readonly mayBePaid: boolean;
	/** Set when the answer to an order that must not be sent again was lost: what was wrong with it. */
	readonly lostAnswer?: string;

	constructor(
		message: string,
		details: {
			description: string;
			kieCode?: number | null;
			taskId?: string | null;
			failure?: FailureReason;
			timedOut?: boolean;
			mayBePaid?: boolean;
			lostAnswer?: string;
		},
	) {
		super(message);
		this.name = 'KieVeoError';
		this.description = details.description;
		this.kieCode = details.kieCode;
		this.taskId = details.taskId ?? null;
		this.failure = details.failure ?? null;
		this.timedOut = details.timedOut ?? false;
		this.mayBePaid = details.mayBePaid ?? false;
		this.lostAnswer = details.lostAnswer;
	}
}

/** A parameter or setting that cannot be used, raised before any request is sent. */
export function inputError(parameter: string, fault: string, advice: string): KieVeoError {
	return new KieVeoError(`'${parameter}' ${fault}`, { description: advice });
}

export const CHOOSE = 'Choose a value from the list.';
