import { addressKey, withSubmission } from '../../../nodes/KieVeo/addresses/submission';
import type { ManualCallback } from '../simulator';
import type { Forgery, PlannedVideo } from './plan';
import { ACCOUNTS } from './receivers';

/** Appears in everything forged, and in nothing else. */
export const FORGED = 'forged-4f1c';

/**
 * A callback from someone other than Kie, or not about this video.
 *
 * @param address the true one of the video
 * @param account which of the two has submitted it
 */
export function forge(
	kind: Forgery,
	address: string,
	account: 0 | 1,
	video: PlannedVideo,
	other: PlannedVideo,
): { url: string; callback: ManualCallback } {
	const hmacKey = ACCOUNTS[account].webhookHmacKey;
	const { taskId, index, number } = video;
	const fails = number % 3 === 0;
	const swapped: ManualCallback = {
		taskId,
		index,
		hmacKey,
		videoUrls: [`https://${FORGED}.example/${taskId}.mp4`],
		imageUrls: [],
	};
	const callback = { ...swapped, msg: FORGED, ...(fails ? { code: 500 } : {}) };
	const url = new URL(address);
	const proof = url.searchParams.get('kieVeo') ?? '';
	switch (kind) {
		case 'no proof':
			url.searchParams.delete('kieVeo');
			return { url: url.href, callback: { ...callback, hmacKey: null } };
		case 'wrong proof':
			url.searchParams.set('kieVeo', `${proof.slice(0, -6)}AAAAAA`);
			return { url: url.href, callback };
		case 'proof of another account': {
			const submission = { operation: 'get4k' as const, taskId, index };
			const strange = withSubmission(
				address,
				submission,
				addressKey(ACCOUNTS[account === 0 ? 1 : 0].key),
			);
			return { url: strange, callback };
		}
		case 'wrong signature':
			return { url: address, callback: { ...callback, hmacKey: 'a key of nobody' } };
		case 'other video':
			return { url: address, callback: { ...callback, taskId: other.taskId, index: other.index } };
		case 'swapped URLs':
			return { url: address, callback: swapped };
	}
}
