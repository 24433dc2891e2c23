import { addressKey, withSubmission } from '../../../nodes/KieVeo/addresses/submission';
import type { ManualCallback } from '../simulator';
import type { Forgery, PlannedVideo } from './plan';

/** Appears in everything forged, and in nothing else. */
export const FORGED = 'forged-4f1c';

interface Target {
	/** The true address of the video. */
	address: string;
	video: PlannedVideo;
	/** Another video of the same account. */
	other: PlannedVideo;
	/** Kie's key of the account that submitted. */
	hmacKey: string;
	/** API key of another account. */
	strangersKey: string;
}

/** A callback from someone other than Kie, or not about this video. */
export function forge(
	kind: Forgery,
	{ address, video, other, hmacKey, strangersKey }: Target,
): { url: string; callback: ManualCallback } {
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
			const strange = withSubmission(address, submission, addressKey(strangersKey));
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
