import { submitPatiently } from '../../../nodes/KieVeo/kie/http/retry';
import { SubmissionLimiter } from '../../../nodes/KieVeo/kie/http/limiter';
import type { KieAnswer } from '../../../nodes/KieVeo/kie/meaning/answer';
import { classifyCreateAnswer } from '../../../nodes/KieVeo/kie/meaning/money';
import { FakeClock } from './fakeClock';

const LIMIT = 20;
const WINDOW_MS = 10_000;

/** A clock without real time whose chance is repeatable. */
export class SeededClock extends FakeClock {
	private state: number;

	constructor(seed: number) {
		super();
		this.state = Math.imul(seed, 0x9e3779b1) >>> 0;
	}

	/** mulberry32 */
	override random = () => {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

export interface Scenario {
	/** Videos per worker. Each worker is a process with a limiter of its own. */
	workers: number[];
	/** How Kie may count its 10 s: back from each request, or from one moment to the next. */
	window: 'sliding' | 'fixed';
	/**
	 * Another program sends 10 requests per 10 s at random moments. `polite`: those that are refused are
	 * dropped. `greedy`: it always gets through, and only the rest of the limit is left.
	 */
	rival?: 'polite' | 'greedy';
	/** When each worker starts, in milliseconds. Default: all at once. */
	startAt?: number[];
}

export interface Outcome {
	givenUp: number;
	/** When Kie accepted the last request, divided by the earliest moment that the limit allows. */
	ratio: number;
	requestsPerAccepted: number;
	/** When Kie accepted each request of each worker, in milliseconds. */
	acceptedAt: number[][];
}

/** Kie's side of the limit, for all who share the account. */
class Account {
	private counted: number[] = [];
	private readonly phase: number;

	constructor(
		private readonly clock: SeededClock,
		private readonly scenario: Scenario,
	) {
		this.phase = clock.random() * WINDOW_MS;
	}

	accepts(hasPriority = false): boolean {
		const now = this.clock.now();
		this.counted = this.counted.filter((at) => this.isInWindow(at, now));
		const accepted = hasPriority || this.counted.length < LIMIT;
		if (accepted) this.counted.push(now);
		return accepted;
	}

	private isInWindow(at: number, now: number): boolean {
		if (this.scenario.window === 'sliding') return at > now - WINDOW_MS;
		const windowOf = (time: number) => Math.floor((time + this.phase) / WINDOW_MS);
		return windowOf(at) === windowOf(now);
	}
}

/** Several workers submit to one account, in virtual time. Answers take 50 to 800 ms. */
export async function simulate(scenario: Scenario, seed: number): Promise<Outcome> {
	const clock = new SeededClock(seed);
	const account = new Account(clock, scenario);
	const acceptedAt: number[][] = scenario.workers.map(() => []);
	let requests = 0;
	let givenUp = 0;
	let running = true;

	const submit = async (worker: number): Promise<KieAnswer> => {
		const latency = 50 + clock.random() * 750;
		const onTheWay = latency * clock.random();
		await clock.pause(onTheWay);
		requests++;
		const accepted = account.accepts();
		if (accepted) acceptedAt[worker]?.push(clock.now());
		await clock.pause(latency - onTheWay);
		return answerWith(accepted ? 200 : 429);
	};
	const work = async (videos: number, worker: number) => {
		await clock.pause(scenario.startAt?.[worker] ?? 0);
		const limiter = new SubmissionLimiter(clock);
		const deadline = clock.now() + 1_800_000;
		const submitOrder = async () => {
			const answer = await submitPatiently(
				async () => await submit(worker),
				(given) => classifyCreateAnswer(given),
				{
					limiter,
					deadline,
					clock,
				},
			);
			if (answer.code !== 200) givenUp++;
		};
		await Promise.all(Array.from({ length: videos }, submitOrder));
	};
	const compete = async () => {
		for (let start = 0; running; start += WINDOW_MS) {
			const moments = Array.from({ length: LIMIT / 2 }, () => start + clock.random() * WINDOW_MS);
			for (const moment of moments.sort((a, b) => a - b)) {
				await clock.pause(moment - clock.now());
				if (running) account.accepts(scenario.rival === 'greedy');
			}
		}
	};

	if (scenario.rival) void compete();
	await Promise.all(scenario.workers.map(work));
	running = false;

	const accepted = acceptedAt.flat();
	return {
		givenUp,
		ratio: Math.max(...accepted) / floorOf(scenario),
		requestsPerAccepted: requests / accepted.length,
		acceptedAt,
	};
}

/** When one client that knew everything could have sent the last request, without latency. */
function floorOf({ workers, rival }: Scenario): number {
	const videos = workers.reduce((sum, count) => sum + count, 0);
	return WINDOW_MS * (Math.ceil(videos / (rival ? LIMIT / 2 : LIMIT)) - 1);
}

/** An answer of Kie to a creation: accepted (200) or not. */
export function answerWith(code: number): KieAnswer {
	return {
		code,
		message: `code ${code}`,
		data: code === 200 ? { taskId: 'task' } : null,
		body: null,
		taskIds: code === 200 ? ['task'] : [],
		fault: false,
		retryAfterMs: null,
	};
}
