import { createHash } from 'crypto';

import { parseIfJson } from '../meaning/guards';
import type { Incoming } from './check';
import { signatureOf } from './signature';

/** Many times what Kie can sign within the tolerance of its clock. */
const MOST_SIGNATURES = 10_000;

/**
 * Remembers which body each signature came with. Kie signs a callback's task id and time, not its body, so
 * a captured signature could otherwise be sent again with a body of somebody's own. Lives in memory: a
 * signature is good for a few minutes only.
 */
export class SignatureMemory {
	/** Signature at an address -> digest of the body; the oldest first. */
	private readonly bodies = new Map<string, string>();

	/**
	 * Whether a signature came with another body before. Only to be asked about a signature that holds.
	 *
	 * @param address names who was called
	 */
	isReplayed(address: string, { headers, body }: Incoming): boolean {
		const signature = signatureOf(headers);
		if (signature === null) return false;
		const name = JSON.stringify([address, signature]);
		// As JSON: n8n may have parsed it already, and spaces change nothing.
		const text = JSON.stringify(parseIfJson(body)) ?? '';
		const digest = createHash('sha256').update(text).digest('base64');
		const known = this.bodies.get(name);
		if (known !== undefined) return known !== digest;
		this.bodies.set(name, digest);
		const [oldest] = this.bodies.keys();
		if (this.bodies.size > MOST_SIGNATURES && oldest !== undefined) this.bodies.delete(oldest);
		return false;
	}
}
