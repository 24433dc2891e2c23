import { KieVeoError } from './error';

/**
 * Why an execution cannot be suspended. `fault`: why Kie cannot call `origin`; `isWhole`: whether it has
 * exactly one scheme.
 */
export type SuspensionObstacle =
	| { reason: 'agentTool' }
	| { reason: 'noAddress' }
	| { reason: 'engine' }
	| { reason: 'twice' }
	| { reason: 'unreachable'; origin: string; fault: string; isWhole: boolean };

/** 'Wait for Callback' does not work here. Raised before any request is sent. */
export function cannotSuspendError(obstacle: SuspensionObstacle): KieVeoError {
	const { where, advice } = wordsFor(obstacle);
	return new KieVeoError(`'Wait for Callback' cannot be used ${where}`, { description: advice });
}

function wordsFor(obstacle: SuspensionObstacle): { where: string; advice: string } {
	switch (obstacle.reason) {
		case 'agentTool':
			return {
				where: 'as a tool of an AI agent',
				advice: "The agent needs an answer immediately. Use 'Wait by Polling'.",
			};
		case 'noAddress':
			return {
				where: 'here',
				advice: "This execution has no address that could resume it. Use 'Wait by Polling'.",
			};
		case 'engine':
			return {
				where: "on n8n's engine 2.0",
				advice:
					"That engine does not suspend executions. Use 'Wait by Polling', or choose the other engine in the workflow's settings.",
			};
		case 'twice':
			return {
				where: 'a second time at the same place of an execution',
				advice:
					'n8n has started this execution over instead of continuing it, as some versions before 1.100 do. Nothing ' +
					"was ordered again; the task IDs of the first time are in n8n's log.",
			};
		case 'unreachable':
			return {
				where: `because Kie.ai could not call ${obstacle.origin}: ${obstacle.fault}`,
				advice: `Set n8n's environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n) to its ${
					obstacle.isWhole
						? 'public address'
						: 'complete public address, which starts with https:// exactly once, e.g. https://n8n.example.com/'
				}. The process that runs the workflow must have it: in queue mode that is every worker, plus the main and webhook processes. Until then use 'Wait by Polling'.`,
			};
	}
}
