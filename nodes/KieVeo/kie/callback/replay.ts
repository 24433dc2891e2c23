import { createHash } from 'crypto';

import { BoundedMap } from '../../boundedMap';
import { parseIfJson } from '../../values';
import type { Incoming } from './check';
import { signatureOf } from './signature';

/** Many times what Kie can sign within the clock tolerance. */
const MOST_SIGNATURES = 10_000;

/**
 * Remembers which body each signature came with. Kie signs a callback's task id and time, not its body, so
 * a captured signature could otherwise be sent again with a forged body. Lives in memory: a
 * signature is good for a few minutes only.
 */
export class SignatureMemory {
	/** Signature at a receiver -> digest of the body by our part of the address. */
	private readonly seen = new BoundedMap<string, Map<string, string>>(MOST_SIGNATURES);

	/**
	 * Whether a signature came with another body before. Videos of one task that end in the same second
	 * share a signature: if our part of the address tells them apart, each may have its own body.
	 * Call it only for a callback whose signature and address are valid.
	 *
	 * @param receiver identifies who was called
	 */
	isReplayed(receiver: string, { headers, body, submission }: Incoming): boolean {
		const signature = signatureOf(headers);
		if (signature === null) return false;
		const name = JSON.stringify([receiver, signature]);
		const digests = this.seen.get(name) ?? new Map<string, string>();
		this.seen.set(name, digests);
		// As JSON: n8n may have parsed it already, and spaces change nothing.
		const text = JSON.stringify(parseIfJson(body) ?? null);
		const digest = createHash('sha256').update(text).digest('base64');
		const address = String(submission ?? '');
		// Kie repeats a callback at the same address. Only ours with our part left out is shorter.
		if (address === '' && digests.size > 0 && !digests.has('')) return true;
		if ((digests.get(address) ?? digest) !== digest) return true;
		digests.set(address, digest);
		return false;
	}
}
