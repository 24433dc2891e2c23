import type { AccountOptions, RateLimit } from './state/account';
import type { CallbackOptions } from './callbacks/deliveries';
import type { Api } from './state/tasks';
import type { Timings, VideoScenario } from './state/scenario';

/** The key that opens the simulator unless `accounts` says otherwise. */
export const SIMULATOR_KEY = 'kie-simulator-key';

/** A task to put in, with what differs from the defaults. */
export type AddVideo = VideoScenario & {
	/** Default: a new random one. */
	taskId?: string;
	/** The one API that knows it. Default: both. */
	api?: Api;
	operation?: 'generate' | 'extend';
	/** Default `success`. `waiting` ends after its timing as `generation.outcome` says. */
	state?: 'waiting' | 'success' | 'failed';
	/** Only this account sees it. Default: all do. */
	key?: string;
	/** Told when a waiting one ends. */
	callBackUrl?: string;
};

/** How a task that will be created by generate or extend is to behave. */
export type NextTask = VideoScenario & {
	taskId?: string;
	/** Only for a request whose prompt contains this. Default: the next one, whatever its prompt. */
	prompt?: string;
};

export interface SimulatorOptions {
	/** Ports; 0 or none takes any free one. */
	ports?: { api?: number; upload?: number; file?: number };
	/** Default: one account with `SIMULATOR_KEY`. */
	accounts?: AccountOptions[];
	timings?: Partial<Timings>;
	/** What differs from the built-in behaviour, for every task. */
	defaults?: VideoScenario;
	/** Known from the start, and again after each reset. */
	videos?: AddVideo[];
	rateLimit?: Partial<RateLimit>;
	callbacks?: Partial<CallbackOptions>;
	/** Decides which callbacks are lost and when the rival comes: from 0 up to 1. */
	random?: () => number;
	/** Whether failed work is paid back. Default true. */
	refundFailures?: boolean;
	/** Life of a link from download-url. Default 20 minutes. */
	renewedLinkMs?: number;
}
