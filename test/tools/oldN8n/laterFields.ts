/**
 * Fields of descriptions that came to n8n later. They are data that an older editor does not look at, so
 * they may be used; everything else must be there in the oldest n8n this package is checked against.
 */
import 'n8n-workflow';

declare module 'n8n-workflow' {
	interface INodeTypeDescription {
		/** Shown while the node waits. */
		waitingNodeTooltip?: string;
	}
	interface INodeProperties {
		/** Lets the editor accept values that are not in the list. */
		allowArbitraryValues?: boolean;
	}
}
