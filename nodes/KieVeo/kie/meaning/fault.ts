/** Why no complete answer came. */
export type NetworkFault =
	| {
			reason:
				| 'connectionRefused'
				| 'connectionLost'
				| 'noAnswerInTime'
				| 'hostNotFound'
				| 'hostUnreachable'
				| 'networkUnreachable'
				| 'incomplete';
	  }
	/** `code`: as Node.js names it. */
	| { reason: 'otherCode'; code: string };

/** Why an answer is not Kie's envelope. */
export interface EnvelopeFault {
	reason: 'empty' | 'webPage' | 'notJson' | 'unexpectedJson';
	/** HTTP. */
	status: number;
}
