import type { VideoScenario } from '../simulator';
import { TEXTS } from '../simulator/kieTexts';
import { PLANNED_FAULTS, type FaultKind, type FaultPlace } from './faults';
import { Random } from './random';

/** What a batch does, by its workload. `get` is only used to fetch what a run has left. */
export const OPERATIONS = {
	poll4k: { operation: 'get4k', waitMode: 'poll' },
	callback4k: { operation: 'get4k', waitMode: 'callback' },
	trigger4k: { operation: 'get4k', waitMode: 'none' },
	poll1080p: { operation: 'get1080p', waitMode: 'poll' },
	generate: { operation: 'generate', waitMode: 'poll' },
	callbackGenerate: { operation: 'generate', waitMode: 'callback' },
	get: { operation: 'get', waitMode: 'poll' },
} as const;
export type Workload = keyof typeof OPERATIONS;

/** How the work at Kie ends. `refused`: not accepted, not billed. */
type Ending = 'success' | 'failure' | 'refused';

export type Forgery =
	/** Without our part of the address, unsigned. */
	| 'no proof'
	/** Our part of the address changed; the signature is right. */
	| 'wrong proof'
	/** The proof was made with another account's key; the signature is right. */
	| 'proof of another account'
	/** The right address, signed with another key. */
	| 'wrong signature'
	/** A true callback about another video. */
	| 'other video'
	/** Address and signature are right, the URLs are not. Only where the trigger confirms. */
	| 'swapped URLs';

export interface PlannedFault {
	kind: FaultKind;
	place: FaultPlace;
	/** Which request about this video it hits, counted from 0. */
	at: number;
}

export interface PlannedVideo {
	/** Task id of the base video; for a generation the id of the task it will make. */
	taskId: string;
	index: number;
	/** Its place among all videos of the plan; part of the prompt of a generation. */
	number: number;
	ending: Ending;
	scenario: VideoScenario;
	faults: PlannedFault[];
	/** On how many input items it is. */
	items: 1 | 2;
}

/** What differs between the executions of one workload. */
export interface BatchSettings {
	name: string;
	workload: Workload;
	/** Which of the two accounts. */
	account: 0 | 1;
	onError: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	onTimeout: 'error' | 'continue';
	/**
	 * Set where the execution is ended at a random moment and the node is run again: by its setting, or by a retry of
	 * the workflow as it was or is stored.
	 */
	retry: 'onFail' | 'original' | 'stored' | null;
	/** Seconds. */
	timeout: number;
	download: boolean;
}

/** One execution of a workflow. */
export interface PlannedBatch extends BatchSettings {
	/** Whether the trigger asks Kie for the URLs again. */
	confirm: boolean;
	videos: PlannedVideo[];
	forgeries: Forgery[];
}

export type RestartWay = 'SIGTERM' | 'SIGKILL';

export type Step =
	| { kind: 'batch'; batch: PlannedBatch }
	| { kind: 'restart'; how: RestartWay }
	/** The next `requests` requests to a host, whatever they are about, get this code. */
	| { kind: 'burst'; host: 'api' | 'file'; code: number; requests: number }
	/** For a few seconds n8n cannot store that an execution is resumed. */
	| { kind: 'blip' };

export interface PlanOptions {
	seed: number;
	/** How many videos are submitted at least. */
	videos: number;
	/** How many of all callbacks are lost for good, from 0 to 1, besides those that are anyway. Default 0. */
	lost?: number;
}

/** This many batches of each workload come first, in turn. */
const SETTLED_ROUNDS = 2;

/** How often each is planned, relative to the others. */
const WORKLOADS: Record<Exclude<Workload, 'get'>, number> = {
	poll4k: 27,
	callback4k: 27,
	trigger4k: 14,
	poll1080p: 9,
	generate: 11,
	callbackGenerate: 12,
};

const FORGERIES: readonly Forgery[] = [
	'no proof',
	'wrong proof',
	'proof of another account',
	'wrong signature',
	'other video',
];

/** What happens to the callback of one video on its way, and how often. */
const CALLBACK_WAYS = {
	once: 35,
	duplicate: 20,
	late: 15,
	lost: 8,
	'lost requests': 12,
	'lost answers': 10,
};

/** Everything that will happen in a run, as far as it is decided beforehand: the same for the same options. */
export function makePlan({ seed, videos, lost = 0 }: PlanOptions): Step[] {
	// A short run has more of small batches, so that each workload is there before and after a restart.
	const largest = Math.max(3, Math.floor(videos / 12));
	const planner = new Planner(new Random(seed), seed, largest, lost);
	const steps: Step[] = [];
	while (planner.videos < videos) {
		steps.push({ kind: 'batch', batch: planner.batch(steps.length) });
	}
	const batches = steps.length;
	/** At even distances, one per given number of videos. */
	const spread = (videosPer: number, make: (isOdd: boolean) => Step) => {
		const count = Math.ceil(videos / videosPer);
		return Array.from({ length: count }, (_, i): [number, Step] => [
			((i + 1) * batches) / (count + 1),
			make(i % 2 === 1),
		]);
	};
	const burst = (host: 'api' | 'file', code: number): Step => {
		return { kind: 'burst', host, code, requests: planner.random.int(4, 15) };
	};
	const insertions = [
		...spread(125, (isOdd) => ({ kind: 'restart', how: isOdd ? 'SIGTERM' : 'SIGKILL' })),
		...spread(40, (isOdd) => burst('api', isOdd ? 455 : 429)),
		...spread(120, (isOdd) => burst('file', isOdd ? 503 : 429)),
		...spread(150, () => ({ kind: 'blip' })),
	].sort(([a], [b]) => b - a);
	// From the end, so that the places of the others stay valid.
	for (const [at, step] of insertions) steps.splice(Math.round(at), 0, step);
	return steps;
}

/** Whether the videos do not exist before. */
export function makesVideos(workload: Workload): boolean {
	return OPERATIONS[workload].operation === 'generate';
}

/** Whether the execution is suspended until Kie calls back. */
export function suspends(workload: Workload): boolean {
	return OPERATIONS[workload].waitMode === 'callback';
}

class Planner {
	videos = 0;

	constructor(
		readonly random: Random,
		private readonly seed: number,
		private readonly largest: number,
		private readonly lost: number,
	) {}

	batch(number: number): PlannedBatch {
		const { random } = this;
		// The first of each kind are settled, so that a short run has all of them as well.
		const kinds = Object.keys(WORKLOADS) as Array<keyof typeof WORKLOADS>;
		const isSettled = number < SETTLED_ROUNDS * kinds.length;
		const settled = isSettled ? kinds[number % kinds.length] : undefined;
		const workload = settled ?? random.weighted(WORKLOADS);
		const size = Math.min(this.largest, random.pick([1, 2, 3, 4, 5, 6, 8, 10]));
		const polls = OPERATIONS[workload].waitMode === 'poll';
		const confirm = workload === 'trigger4k' && random.chance(0.6);
		const isRetried = polls && random.chance(0.4);
		const isShort = polls && random.chance(0.12);
		return {
			name: `${workload} ${number}`,
			workload,
			account: random.chance(0.5) ? 0 : 1,
			...(isRetried
				? {
						onError: 'stopWorkflow' as const,
						onTimeout: 'error' as const,
						retry: random.pick(['onFail', 'original', 'stored'] as const),
						timeout: random.int(1, 5),
					}
				: {
						onError: random.pick(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput']),
						onTimeout: random.pick(['error', 'continue']),
						retry: !polls && random.chance(0.2) ? ('onFail' as const) : null,
						timeout: isShort ? 2 : suspends(workload) ? random.int(30, 40) : 60,
					}),
			download: polls && !makesVideos(workload) && random.chance(0.3),
			confirm,
			forgeries: !polls && (isSettled || random.chance(0.5)) ? this.forgeries(confirm) : [],
			videos: Array.from({ length: size }, () => this.video(workload)),
		};
	}

	private forgeries(confirm: boolean): Forgery[] {
		const swapped: Forgery[] = confirm ? ['swapped URLs', 'swapped URLs'] : [];
		return [...FORGERIES, ...swapped].filter(() => this.random.chance(0.75));
	}

	private video(workload: Workload): PlannedVideo {
		const { random } = this;
		const number = this.videos++;
		const generates = makesVideos(workload);
		const index = generates ? 0 : random.pick([0, 0, 0, 1]);
		const ending: Ending = random.chance(0.92)
			? 'success'
			: random.pick(generates ? (['failure'] as const) : (['failure', 'refused'] as const));
		// Nothing is drawn for what is not asked for: a seed keeps its plan.
		const isLost = this.lost > 0 && random.chance(this.lost);
		const callback = isLost ? 'lost' : random.weighted(CALLBACK_WAYS);
		return {
			taskId: `veo_task_c${this.seed}_${String(number).padStart(4, '0')}`,
			index,
			number,
			ending,
			scenario: this.scenario(workload, index, ending, callback),
			faults: this.faults(workload),
			items: !generates && random.chance(0.08) ? 2 : 1,
		};
	}

	private scenario(
		workload: Workload,
		index: number,
		ending: Ending,
		callback: keyof typeof CALLBACK_WAYS,
	): VideoScenario {
		const { random } = this;
		// With callbacks long enough that forged ones meet an execution that is suspended.
		const polls = OPERATIONS[workload].waitMode === 'poll';
		const ms = polls
			? random.int(200, 6000)
			: random.chance(0.8)
				? random.int(2500, 9000)
				: random.int(9000, 16_000);
		const generates = makesVideos(workload);
		return {
			videos: index + 1,
			timings: { generate: ms, upgrade1080p: ms, upgrade4k: ms },
			record: { graceMs: generates ? random.pick([0, 0, 1500]) : 0 },
			...(generates && ending !== 'refused' ? { generation: { outcome: ending } } : {}),
			upgrade1080p: {
				outcome: ending,
				// Of the failures that are documented for this endpoint the only one that is final.
				failure: { code: 451, msg: TEXTS.imageFetch },
			},
			upgrade4k: {
				first: random.pick(['accepted', 'accepted', 'accepted', 'processing', 'done']),
				ownTaskId: random.chance(0.1),
				recordAfter: random.pick(['base', 'upgrade']),
				// What Kie does after a failed upgrade is not documented, and that it may bill another one
				// is a risk users are told about. Here it tells the failure again.
				afterFailure: 'answer',
				outcome: ending,
			},
			files: {
				bytes: random.int(1_000, 60_000),
				bare: random.pick(['open', 'open', 'open', 'refused']),
			},
			callback: {
				form: random.pick([
					...(['asPrinted', 'withCredits', 'snakeCase', 'brokenPrompt'] as const),
					...(['urlsAsText', 'urlsWithoutQuotes', 'oneUrl'] as const),
				]),
				delayMs: callback === 'late' ? random.int(1000, 6000) : 0,
				copies: callback === 'duplicate' ? random.int(2, 5) : 1,
				lostAttempts:
					callback === 'lost' ? 99 : callback === 'lost requests' ? random.int(1, 2) : 0,
				lostAnswers: callback === 'lost answers' ? random.int(1, 2) : 0,
			},
		};
	}

	private faults(workload: Workload): PlannedFault[] {
		const { random } = this;
		const faults: PlannedFault[] = [];
		const add = (place: FaultPlace, at: number) =>
			faults.push({ kind: random.pick(PLANNED_FAULTS[place]), place, at });
		if (makesVideos(workload)) {
			if (random.chance(0.45)) add('generate', 0);
			for (const at of [0, 1, 2]) if (random.chance(0.2)) add('record', at);
			return faults;
		}
		// A storm is longer than the node's patience: the video ends as an error and is asked for again.
		const storm = random.chance(0.03);
		const place = workload === 'poll1080p' ? 'get1080p' : 'get4k';
		for (const at of [0, 1, 2, 3, 4]) if (storm || random.chance(0.16)) add(place, at);
		if (random.chance(0.4)) add('file', 0);
		return faults;
	}
}
