import type { Operation } from './scenario';
import type { Timers } from './work';

/** Credits per new video, as the provider's public price list has them. */
const GENERATE_PRICES = {
	fast: { '720p': 60, '1080p': 65, '4k': 180 },
	lite: { '720p': 30, '1080p': 35, '4k': 150 },
	quality: { '720p': 250, '1080p': 255, '4k': 380 },
};
export const EXTEND_PRICES = { fast: 60, lite: 30, quality: 250 };
export const UPGRADE_PRICES = { get1080p: 5, get4k: 120 };

export type Tier = keyof typeof GENERATE_PRICES;
export type Resolution = keyof typeof GENERATE_PRICES.fast;

/** 4K in Quality is a little cheaper when the video starts from images. */
export function generatePrice(tier: Tier, resolution: Resolution, fromImages: boolean): number {
	const isCheaper = tier === 'quality' && resolution === '4k' && fromImages;
	return isCheaper ? 370 : GENERATE_PRICES[tier][resolution];
}

export interface AccountOptions {
	key: string;
	/** Default 5916.25: the balance is a decimal number. */
	credits?: number;
	/** With a key, callbacks are signed. */
	webhookHmacKey?: string;
}

/** One movement on an account; refunds are negative. */
export interface LedgerEntry {
	at: number;
	operation: Operation;
	taskId: string;
	index: number;
	credits: number;
}

/** How many new requests Kie accepts of an account in how many milliseconds. Nothing is queued. */
export const KIE_RATE_LIMIT = {
	limit: 20,
	windowMs: 10_000,
	/** Between two reads of the catalogue. */
	catalogueMs: 1000,
};

/** The balance, movements and recent submissions behind one API key. */
export class Account {
	readonly key: string;
	readonly webhookHmacKey: string | undefined;
	readonly ledger: LedgerEntry[] = [];
	credits: number;
	private recent: number[] = [];
	private catalogueReadAt = 0;

	/** @param number place of the account in the simulator; part of upload paths */
	constructor(
		{ key, credits = 5916.25, webhookHmacKey }: AccountOptions,
		readonly number: number,
	) {
		this.key = key;
		this.credits = credits;
		this.webhookHmacKey = webhookHmacKey;
	}

	/** Takes the credits; false, and nothing taken, when the balance is too small. */
	charge(entry: Omit<LedgerEntry, 'at'>): boolean {
		if (entry.credits > this.credits) return false;
		this.credits -= entry.credits;
		this.ledger.push({ at: Date.now(), ...entry });
		return true;
	}

	mayReadCatalogue(): boolean {
		const now = Date.now();
		if (now - this.catalogueReadAt < KIE_RATE_LIMIT.catalogueMs) return false;
		this.catalogueReadAt = now;
		return true;
	}

	/** Takes a place in the current window. Returns 0, or the milliseconds until one is free. */
	takePlace(): number {
		const now = Date.now();
		const { limit, windowMs } = KIE_RATE_LIMIT;
		this.recent = this.recent.filter((at) => at > now - windowMs);
		const [oldest = now] = this.recent;
		if (this.recent.length >= limit) return Math.max(1, oldest + windowMs - now);
		this.recent.push(now);
		return 0;
	}

	/**
	 * Lets another program take places of the rate limit, at random moments of each window, and where none is
	 * free then, as soon as there is one. It makes no requests and pays nothing.
	 *
	 * @returns ends it
	 */
	startRival(perWindow: number, timers: Timers): () => void {
		let isOver = false;
		const take = () => {
			const wait = isOver ? 0 : this.takePlace();
			if (wait > 0) timers.after(wait, take);
		};
		const takeWindow = () => {
			if (isOver) return;
			const { windowMs } = KIE_RATE_LIMIT;
			for (let place = 0; place < perWindow; place++) timers.after(Math.random() * windowMs, take);
			timers.after(windowMs, takeWindow);
		};
		takeWindow();
		return () => {
			isOver = true;
		};
	}
}
