import type { Failure } from './failure';
import type { Operation } from './scenario';

/** Credits per video, as the provider's public price list has them. */
export const PRICES = {
	generate: {
		fast: { '720p': 60, '1080p': 65, '4k': 180 },
		lite: { '720p': 30, '1080p': 35, '4k': 150 },
		quality: { '720p': 250, '1080p': 255, '4k': 380 },
	},
	/** 4K in Quality is a little cheaper when the video starts from images. */
	generateQuality4kFromImages: 370,
	extend: { fast: 60, lite: 30, quality: 250 },
	get1080p: 5,
	get4k: 120,
} as const;

export type Tier = keyof typeof PRICES.extend;
export type Resolution = keyof typeof PRICES.generate.fast;

export function generatePrice(tier: Tier, resolution: Resolution, fromImages: boolean): number {
	if (tier === 'quality' && resolution === '4k' && fromImages) {
		return PRICES.generateQuality4kFromImages;
	}
	return PRICES.generate[tier][resolution];
}

export interface AccountOptions {
	key: string;
	/** Default 5916.25: the balance is a decimal number. */
	credits?: number;
	/** With a key, callbacks are signed. */
	webhookHmacKey?: string;
	/** The refusal of a request that costs more than is left. Default: code 402. */
	noCredits?: Failure;
}

/** One movement on an account; refunds are negative. */
export interface LedgerEntry {
	at: number;
	operation: Operation;
	taskId: string;
	index: number;
	credits: number;
}

export interface RateLimit {
	/** New submissions per window and account. */
	limit: number;
	windowMs: number;
	/** Adds `Retry-After` with the seconds until the next free place. */
	retryAfter: boolean;
	/** HTTP status of the refusal, whatever the code in its body. */
	httpStatus: 200 | 429;
	refusal: Failure;
}

export const KIE_RATE_LIMIT: RateLimit = {
	limit: 20,
	windowMs: 10_000,
	retryAfter: false,
	httpStatus: 200,
	refusal: { code: 429, msg: 'Rate limit exceeded' },
};

const NO_CREDITS: Failure = {
	code: 402,
	msg: 'The current credits are insufficient. Please top up.',
};

/** The balance, movements and recent submissions behind one API key. */
export class Account {
	readonly key: string;
	/** Place of the account in the simulator; part of upload paths. */
	readonly number: number;
	credits: number;
	webhookHmacKey: string | undefined;
	readonly noCredits: Failure;
	readonly ledger: LedgerEntry[] = [];
	private recent: number[] = [];

	constructor(options: AccountOptions, number: number) {
		this.key = options.key;
		this.number = number;
		this.credits = options.credits ?? 5916.25;
		this.webhookHmacKey = options.webhookHmacKey;
		this.noCredits = options.noCredits ?? NO_CREDITS;
	}

	/** Credits paid minus credits given back. */
	get spent(): number {
		return this.ledger.reduce((sum, { credits }) => sum + credits, 0);
	}

	/** Takes the credits; false, and nothing taken, when the balance is too small. */
	charge(entry: Omit<LedgerEntry, 'at'>): boolean {
		if (entry.credits > this.credits) return false;
		this.credits -= entry.credits;
		this.ledger.push({ at: Date.now(), ...entry });
		return true;
	}

	/** Takes a place in the current window. Returns 0, or the milliseconds until one is free. */
	takePlace(limit: RateLimit, now = Date.now()): number {
		this.recent = this.recent.filter((at) => at > now - limit.windowMs);
		if (this.recent.length >= limit.limit) {
			const [oldest = now] = this.recent;
			return Math.max(1, oldest + limit.windowMs - now);
		}
		this.recent.push(now);
		return 0;
	}
}
