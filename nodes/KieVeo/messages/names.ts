import type { Upgrade } from '../kie/meaning/answer';
import type { RequestedOperation } from '../kie/meaning/videoResult';

/** What an operation gives, in a sentence. */
export const VIDEO_NAMES: Record<RequestedOperation, string> = {
	get4k: '4K video',
	get1080p: '1080P video',
	get: 'video',
	generate: 'video',
	extend: 'extended video',
};

/** The operations as the panel shows them. */
export const OPERATION_NAMES: Record<RequestedOperation, string> = {
	get4k: 'Get 4K Video',
	get1080p: 'Get 1080P Video',
	get: 'Get',
	generate: 'Generate',
	extend: 'Extend',
};

export function isUpgrade(operation: RequestedOperation): operation is Upgrade {
	return operation === 'get4k' || operation === 'get1080p';
}
