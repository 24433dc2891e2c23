import { KieVeoError } from './error';

/** Why an execution cannot be suspended. */
export type SuspensionObstacle =
	| { reason: 'agentTool' }
	| { reason: 'noAddress' }
	| { reason: 'engine' }
	| UnreachableAddress;

export interface UnreachableAddress {
	reason: 'unreachable';
	/** The part of the address that n8n was told; empty when there is none. */
	base: string;
	/** Why Kie cannot call it. */
	fault: string;
	/** Whether it begins like an address at all. */
	isWhole: boolean;
}

/** 'Wait for Callback' does not work in this place. Raised before any request is sent. */
export function cannotSuspendError(obstacle: SuspensionObstacle): KieVeoError {
	const { where, advice } = wordsFor(obstacle);
	return new KieVeoError(`'Wait for Callback' cannot be used ${where}`, { description: advice });
}

function wordsFor(obstacle: SuspensionObstacle): { where: string; advice: string } {
	switch (obstacle.reason) {
		case 'agentTool':
			return {
				where: 'as a tool of an AI agent',
				advice: "The agent needs an answer at once. Use 'Wait by Polling'.",
			};
		case 'noAddress':
			return {
				where: 'here',
				advice:
					"This execution has no address at which it could be resumed. Use 'Wait by Polling'.",
			};
		case 'engine':
			return {
				where: "on n8n's engine 2.0",
				advice:
					"That engine does not suspend executions. Use 'Wait by Polling', or choose the other engine in the workflow's settings.",
			};
		case 'unreachable':
			return wordsForAddress(obstacle);
	}
}

function wordsForAddress({ base, fault, isWhole }: UnreachableAddress) {
	const setting = 'N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n)';
	const value = isWhole
		? 'the public address of n8n'
		: 'the whole public address of n8n, which starts with https:// once, e.g. https://n8n.example.com/';
	return {
		where: `because Kie.ai could not call ${base || 'this n8n'}: ${fault}`,
		// A setting of the main process alone is the usual mistake in queue mode.
		advice: `Set the environment variable ${setting} to ${value}. The process that runs the workflow must have it: in queue mode that is every worker, as well as the main and webhook processes. Until then use 'Wait by Polling'.`,
	};
}
