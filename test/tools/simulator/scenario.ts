import { isJsonObject } from '../../../nodes/KieVeo/values';
import type { CallbackForm } from './callbacks';
import { TEXTS } from './kieTexts';

/** What a piece of paid work is called: in the ledger, in callbacks and in `finish()`. */
export type Operation = 'generate' | 'extend' | 'get1080p' | 'get4k' | 'runModel';

/** Kie's two APIs. */
export type Api = 'veo' | 'jobs';

/** A duration no timer reaches: the work runs until `finish()` is called. */
export const NEVER = 1e12;

/** How Kie says that something failed or was refused. */
export interface Failure {
	code: number;
	msg: string;
}

/** `refused`: the request gets the failure, unbilled. `failure`: accepted, and fails at the end. */
type Outcome = 'success' | 'refused' | 'failure';

/** Everything that can be chosen about one video, with what it is unless told otherwise. */
export const DEFAULT_SCENARIO = {
	/** Number of result videos, or pictures; valid indexes are 0 to `videos - 1`. */
	videos: 1,
	/** How long each kind of work takes, in milliseconds. */
	timings: { generate: 300, extend: 300, upgrade1080p: 300, upgrade4k: 300, runModel: 300 },
	generation: {
		outcome: 'success' as Outcome,
		failure: { code: 400, msg: TEXTS.flagged } as Failure,
	},
	record: {
		/** This long after creation the video is not found yet, in milliseconds. */
		graceMs: 0,
	},
	upgrade1080p: {
		outcome: 'success' as Outcome,
		failure: { code: 500, msg: TEXTS.internalError } as Failure,
	},
	upgrade4k: {
		/** Answer to the first POST. `done`: made earlier, so finished at once and not billed. */
		first: 'accepted' as 'accepted' | 'processing' | 'done',
		outcome: 'success' as Outcome,
		failure: { code: 500, msg: TEXTS.no4k } as Failure,
		/** A repeat after a failed upgrade starts and bills a new one, or tells the failure again. */
		afterFailure: 'restart' as 'restart' | 'answer',
		/** The upgrade answers under an id of its own, `<taskId>_4k_<index>`. */
		ownTaskId: false,
		/** What record-info shows for the base id once an upgrade has ended. */
		recordAfter: 'base' as 'base' | 'upgrade',
	},
	/** What is not known of the unified jobs API, or differs between sightings. */
	jobs: {
		/** Where an upgrade has its files: like a 720p video, or like one made in 1080p or 4k. */
		upgradeResult: 'urls' as 'urls' | 'data',
		/** `dedicated`: callbacks in the form of the Veo endpoints, with the job's id. */
		callback: 'job' as 'job' | 'dedicated',
		/** Whether music is also reported in Suno's stages: two before its end, the last one at the end. */
		stages: false,
	},
	files: {
		/** Size of synthetic result videos in bytes; `null` serves the real clips. */
		bytes: null as number | null,
		/** `refused`: 403 on the bare URL, a renewed link works. `gone`: 404 on both. */
		bare: 'open' as 'open' | 'refused' | 'gone',
	},
	callback: {
		form: 'asPrinted' as CallbackForm,
		/** Wait between the end of the work and the first attempt, in milliseconds. */
		delayMs: 0,
		/** How often it is sent, at the same time. 0 sends none. */
		copies: 1,
		/** The first attempts, this many, never arrive. */
		lostAttempts: 0,
		/** Of those that arrive, the first are answered, but the answer never comes back. */
		lostAnswers: 0,
	},
};

export type Scenario = typeof DEFAULT_SCENARIO;

type Differences<T> = T extends object ? { [K in keyof T]?: Differences<T[K]> } : T;

/** The part of a scenario that differs from the defaults. */
export type VideoScenario = Differences<Scenario>;

/** Lays what differs over a complete object. */
export function overlay<T extends object>(base: T, differences: Differences<T>): T {
	const result = { ...base } as Record<string, unknown>;
	for (const [name, value] of Object.entries(differences as object)) {
		const under = result[name];
		if (value !== undefined) result[name] = isJsonObject(under) ? overlay(under, value) : value;
	}
	return result as T;
}

/** How a piece of work goes, and how long it takes in milliseconds. */
export function planOf(
	{ timings, generation, upgrade1080p, upgrade4k }: Scenario,
	operation: Operation,
) {
	return {
		generate: { ms: timings.generate, ...generation },
		extend: { ms: timings.extend, ...generation },
		get1080p: { ms: timings.upgrade1080p, ...upgrade1080p },
		get4k: { ms: timings.upgrade4k, ...upgrade4k },
		runModel: { ms: timings.runModel, ...generation },
	}[operation];
}

/** About a tenth of what Kie takes: long enough to be seen waiting, short enough to be shown. */
export const DEMO_TIMINGS = {
	generate: 4000,
	extend: 4000,
	upgrade1080p: 3000,
	upgrade4k: 5000,
	runModel: 3000,
};

/** Finished videos with stable ids, and one whose 4K version is refused. */
export const DEMO_VIDEOS: Array<VideoScenario & { taskId: string }> = [
	...[1, 2, 3, 4, 5].map((number) => ({ taskId: `veo_task_demo_${number}` })),
	{ taskId: 'veo_task_demo_no4k', upgrade4k: { outcome: 'refused' } },
];
