import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { IHttpRequestOptions } from 'n8n-workflow';

import type { CallingContext } from '../../../nodes/KieVeo/kie/connection';
import {
	beginSuspension,
	endSuspension,
	MOST_SUSPENSIONS,
	type Suspension,
	type SuspensionPlace,
} from '../../../nodes/KieVeo/suspension/state';
import {
	readWakeUp,
	Watch,
	WAKE_UP_PARAMETER,
	type WakeUp,
} from '../../../nodes/KieVeo/suspension/watch';

import { FakeClock } from './fakeClock';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const KEY = Buffer.from('key');
const ORIGIN = 'https://n8n.example';

const place = (execution: number | string): SuspensionPlace => ({
	execution: String(execution),
	node: 'a-node',
	round: 0,
});
/** What n8n answers to a wake-up: a status, then a body; an error for no answer. */
type Answer = [status: number, body: unknown] | Error;
const WAITS: Answer = [200, { code: 200, msg: 'success', waiting: true }];
const GONE: Answer = [404, { code: 404, message: 'The execution "1" does not exist.' }];

/** A watch whose clock jumps from tick to tick, and an n8n that answers. */
class Lab {
	now = 1_700_000_000_000;
	readonly start = this.now;
	readonly calls: Array<{ after: number; url: string; wakeUp: WakeUp; timeout?: number }> = [];
	/** Without a wake-up. */
	plainCalls = 0;
	readonly warnings: string[] = [];
	private release: (() => void) | undefined;
	readonly watch = new Watch(
		{ now: () => this.now, random: () => 0.5 },
		async () => await new Promise<void>((resolve) => (this.release = resolve)),
	);

	constructor(public answer: (call: number) => Answer | Promise<Answer> = () => WAITS) {}

	get context(): CallingContext {
		const httpRequest = async ({ url, timeout }: IHttpRequestOptions) => {
			const found = await this.answer(this.noteCall(url, timeout));
			if (found instanceof Error) throw found;
			const [statusCode, body] = found;
			return { statusCode, body, headers: {} };
		};
		const logger = { warn: (text: string) => this.warnings.push(text) };
		return { helpers: { httpRequest }, logger } as unknown as CallingContext;
	}

	/** @returns how many came before it */
	private noteCall(url: string, timeout?: number): number {
		const called = new URL(url);
		const value = called.searchParams.get(WAKE_UP_PARAMETER);
		if (value === null) return this.plainCalls++;
		const execution = called.pathname.split('/').at(-2) ?? '';
		const wakeUp = readWakeUp(value, { addressKey: KEY, execution, now: this.now });
		if (typeof wakeUp === 'string') throw new Error(`a ${wakeUp} wake-up`);
		const after = (this.now - this.start) / SECOND;
		return this.calls.push({ after, url, wakeUp, timeout }) - 1;
	}

	/** A 4K upgrade, which is overdue after 12 minutes. */
	begin(execution: number | string, wait = 40 * SECOND, origin = ORIGIN): Suspension {
		const json = {
			operation: 'get4k',
			status: 'processing',
			taskId: 'task-1',
			index: 0,
			code: 200,
		};
		const facts = { deadline: this.now + wait, complete: true };
		const suspension = beginSuspension(place(execution), [{ json }], facts);
		const url = `${origin}/webhook-waiting/${execution}/kie-veo`;
		this.watch.begin(this.context, suspension, { url, addressKey: KEY });
		return suspension;
	}

	/** Lets time pass, tick by tick. */
	async pass(ms: number, step = SECOND): Promise<void> {
		for (const until = this.now + ms; this.now < until; ) {
			this.now += step;
			const { release } = this;
			this.release = undefined;
			release?.();
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	/** Whether the loop waits for its next tick. */
	get isRunning(): boolean {
		return this.release !== undefined;
	}

	get sent(): string[] {
		return this.calls.map(({ after, wakeUp }) => `${wakeUp.kind} ${after}`);
	}
}

describe('the watch over suspended executions', () => {
	it('wakes an execution up when it is due, and again when its time is over', async () => {
		const lab = new Lab();
		lab.begin(1);
		await lab.pass(19 * SECOND);
		expect(lab.sent).toStrictEqual([]);
		await lab.pass(SECOND);
		expect(lab.sent).toStrictEqual(['all 20']);
		await lab.pass(19 * SECOND);
		expect(lab.sent).toStrictEqual(['all 20', 'all 25', 'all 35']);
		await lab.pass(SECOND);
		expect(lab.sent.at(-1)).toBe('final 40');
		expect(lab.calls[0]?.url).toContain('/webhook-waiting/1/kie-veo?');
		expect(lab.calls[0]?.timeout).toBe(120_000);
	});

	it('gives up, and ends its loop, when nothing comes of the final check', async () => {
		const lab = new Lab();
		lab.begin(1);
		await lab.pass(5 * MINUTE);
		expect(lab.sent.slice(3)).toStrictEqual(['final 40', 'final 100', 'final 160', 'final 220']);
		expect(lab.watch.size).toBe(0);
		expect(lab.isRunning).toBe(false);
	});

	it('begins again after its loop has ended', async () => {
		const lab = new Lab(() => [409, { message: 'The execution "1" has finished already.' }]);
		lab.begin(1);
		await lab.pass(MINUTE);
		expect(lab.isRunning).toBe(false);
		lab.begin(2);
		await lab.pass(MINUTE);
		expect(lab.calls).toHaveLength(2);
	});

	const ofExecution = (text: string) => ({ message: text.replace('#', 'execution "1"') });
	it.each<[what: string, answer: Answer, means: 'waits' | 'over' | 'unreachable']>([
		['this round of a loop is over', [401, { code: 401, waiting: false }], 'over'],
		['the clocks or the API keys differ', [401, { code: 401, waiting: true }], 'waits'],
		['it runs', [409, ofExecution('The # is running already.')], 'over'],
		[
			'another node waits',
			[404, ofExecution('The workflow for # does not contain a waiting webhook')],
			'over',
		],
		['a proxy knows no such path', [404, '<html>not found</html>'], 'unreachable'],
		['a gateway knows no such path', [404, { message: 'no Route matched' }], 'unreachable'],
		['n8n has a fault', [500, { code: 0, message: 'database is locked' }], 'unreachable'],
		['no connection', new Error('ECONNREFUSED'), 'unreachable'],
	])('when the answer is: %s', async (_what, answer, means) => {
		const lab = new Lab(() => answer);
		lab.begin(1);
		await lab.pass(24 * SECOND);
		expect(lab.calls).toHaveLength(1);
		expect(lab.watch.has(place(1))).toBe(means !== 'over');
		expect(lab.warnings).toHaveLength(means === 'unreachable' ? 1 : 0);
	});

	it('names the tasks when n8n no longer has the execution, unless it was resumed here', async () => {
		for (const resumedAt of [null, 0]) {
			const lab = new Lab(() => GONE);
			lab.begin(1).resumedAt = resumedAt;
			await lab.pass(24 * SECOND);
			expect(lab.warnings.join().includes('task-1')).toBe(resumedAt === null);
			expect(lab.watch.size).toBe(0);
			expect(endSuspension(place(1))).toStrictEqual([]);
		}
	});

	it('says once for each address that it cannot be reached, and keeps trying', async () => {
		const lab = new Lab(() => new Error('ECONNREFUSED'));
		for (const execution of [1, 2]) lab.begin(execution);
		lab.begin(3, 40 * SECOND, 'https://other.example');
		await lab.pass(40 * SECOND);
		expect(lab.calls.length).toBe(12);
		expect(lab.warnings).toHaveLength(2);
		expect(lab.warnings[0]).toContain(`${ORIGIN}. `);
		expect(lab.warnings[1]).toContain('https://other.example. ');
	});
});

describe("a call of n8n's own address before anything is paid for", () => {
	const URL_OF_N8N = `${ORIGIN}/webhook-waiting/1/kie-veo`;
	/** As they came from n8n 1.123 and 2.41 about a running execution, in regular and in queue mode. */
	const OF_N8N: Answer[] = [
		[500, { code: 0, message: "Cannot read properties of undefined (reading 'resumeToken')" }],
		[401, { error: 'Invalid token' }],
		[409, { code: 409, message: 'The execution "1" is running already.' }],
	];
	const find = async (answer: Answer, times = 1) => {
		const lab = new Lab(() => answer);
		const clock = new FakeClock();
		const found = [];
		for (let run = 0; run < times; run++) {
			found.push(await lab.watch.findObstacle(lab.context, { clock }, URL_OF_N8N));
		}
		return { found, lab, waited: clock.time };
	};

	it.each(OF_N8N.map((answer) => ({ answer })))(
		'finds n8n by its answer $answer, and asks once',
		async ({ answer }) => {
			const { found, lab } = await find(answer, 3);
			expect(found).toStrictEqual([null, null, null]);
			expect(lab.plainCalls).toBe(1);
			expect(lab.warnings).toStrictEqual([]);
		},
	);

	// A page is confirmed by a second call: a starting n8n answers with pages too.
	it.each<[answer: Answer, obstacle: string, calls: number]>([
		[[301, ''], 'it is redirected (301)', 1],
		[[401, '<html>password</html>'], 'it asks for a password (401)', 1],
		[[200, '<html>Welcome</html>'], 'what answers there is not n8n (200)', 2],
		[[404, { message: 'no Route matched' }], 'what answers there is not n8n (404)', 2],
	])('finds what is in front of n8n by its answer %j, each time', async (...row) => {
		const [answer, obstacle, calls] = row;
		const { found, lab, waited } = await find(answer, 2);
		expect(found).toStrictEqual([obstacle, obstacle]);
		expect(lab.plainCalls).toBe(2 * calls);
		expect(waited).toBe((calls - 1) * 40 * SECOND);
	});

	it.each<[answer: Answer]>([
		[new Error('ECONNREFUSED')],
		[[502, '<html>Bad Gateway</html>']],
		[[403, '<html>Forbidden</html>']],
	])('says in the log that it got %j, and the run continues', async (answer) => {
		const { found, lab } = await find(answer, 2);
		expect(found).toStrictEqual([null, null]);
		expect(lab.plainCalls).toBe(1);
		expect(lab.warnings).toHaveLength(1);
	});
});

describe('the checks of a watch', () => {
	it('is spared the next check, but not the final one, by a check of another process', async () => {
		const lab = new Lab();
		lab.begin(1);
		await lab.pass(10 * SECOND);
		lab.watch.noteWakeUp({ kind: 'all', at: lab.now, place: place(1) });
		await lab.pass(11 * SECOND);
		expect(lab.sent).toStrictEqual([]);
		await lab.pass(18 * SECOND);
		lab.watch.noteWakeUp({ kind: 'final', at: lab.now, place: place(1) });
		await lab.pass(SECOND);
		expect(lab.sent).toStrictEqual(['all 25', 'all 35', 'final 40']);
	});

	it('checks once out of turn after reports, within half a minute, and then as planned', async () => {
		const lab = new Lab();
		lab.begin(1, 30 * MINUTE);
		lab.watch.checkSoon(place(1));
		await lab.pass(10 * SECOND);
		lab.watch.checkSoon(place(1));
		await lab.pass(11 * MINUTE);
		expect(lab.sent).toStrictEqual(['reported 17']);
		lab.watch.checkSoon(place(1));
		await lab.pass(2 * MINUTE);
		expect(lab.sent).toStrictEqual(['reported 17', 'reported 687', 'all 720']);
	});

	it('is spared no check by one that another process made after a report', async () => {
		const lab = new Lab();
		lab.begin(1);
		await lab.pass(10 * SECOND);
		lab.watch.noteWakeUp({ kind: 'reported', at: lab.now, place: place(1) });
		await lab.pass(10 * SECOND);
		expect(lab.sent).toStrictEqual(['all 20']);
	});

	it('knows that no check can follow where its address did not answer, until it answers again', async () => {
		let answer: Answer = new Error('ECONNREFUSED');
		const lab = new Lab(() => answer);
		expect(lab.watch.canCheck(place(1))).toBe(false);
		lab.begin(1, 30 * MINUTE);
		expect(lab.watch.canCheck(place(1))).toBe(true);
		lab.watch.checkSoon(place(1));
		await lab.pass(17 * SECOND);
		expect(lab.watch.canCheck(place(1))).toBe(false);
		answer = WAITS;
		lab.watch.checkSoon(place(1));
		await lab.pass(17 * SECOND);
		expect(lab.watch.canCheck(place(1))).toBe(true);
	});

	it('continues a check that was cut short soon', async () => {
		const lab = new Lab((call) => (call < 2 ? [503, { code: 503, waiting: true }] : WAITS));
		lab.begin(1, 30 * MINUTE);
		await lab.pass(14 * MINUTE);
		expect(lab.sent).toStrictEqual(['all 720', 'all 725', 'all 730']);
	});

	it('checks after a resumption whether the execution still waits, also after its final check', async () => {
		const lab = new Lab();
		lab.begin(1);
		await lab.pass(220 * SECOND);
		lab.answer = () => [409, { message: 'The execution "1" has finished already.' }];
		lab.watch.checkSoon(place(1), 30 * SECOND);
		await lab.pass(MINUTE);
		expect(lab.sent.slice(-2)).toStrictEqual(['final 220', 'reported 265']);
		expect(lab.watch.size).toBe(0);
	});

	it('is not spared a check by its own one before', async () => {
		const lab = new Lab();
		lab.answer = (call) => {
			const wakeUp = lab.calls[call]?.wakeUp;
			if (wakeUp) lab.watch.noteWakeUp(wakeUp);
			return WAITS;
		};
		lab.begin(1);
		await lab.pass(36 * SECOND);
		expect(lab.sent).toStrictEqual(['all 20', 'all 25', 'all 35']);
	});

	it('sends no second wake-up while one is under way', async () => {
		let answer: (answer: Answer) => void = () => undefined;
		const lab = new Lab(async () => await new Promise<Answer>((resolve) => (answer = resolve)));
		lab.begin(1);
		await lab.pass(30 * SECOND);
		expect(lab.sent).toStrictEqual(['all 20']);
		answer(WAITS);
		await new Promise((resolve) => setImmediate(resolve));
		await lab.pass(SECOND);
		expect(lab.sent).toStrictEqual(['all 20', 'all 31']);
	});
});

describe('many watched executions', () => {
	it('sends ten wake-ups at a time, each with the time at which it is sent', async () => {
		const lab = new Lab();
		let open = 0;
		let most = 0;
		lab.answer = async () => {
			most = Math.max(most, ++open);
			await new Promise((resolve) => setTimeout(resolve, 2));
			open--;
			return WAITS;
		};
		for (let execution = 0; execution < 100; execution++) lab.begin(execution, 30 * MINUTE);
		await lab.pass(12 * MINUTE, MINUTE);
		while (lab.calls.length < 100) {
			lab.now += 10 * SECOND;
			await new Promise((resolve) => setTimeout(resolve, 2));
		}
		expect(most).toBe(10);
		for (const { wakeUp, after } of lab.calls) {
			expect(wakeUp.at).toBe(lab.start + after * SECOND);
		}
	});

	it(`watches the newest ${MOST_SUSPENSIONS} suspensions`, () => {
		const lab = new Lab();
		for (let execution = 0; execution <= MOST_SUSPENSIONS; execution++) lab.begin(execution);
		expect(lab.watch.size).toBe(MOST_SUSPENSIONS);
		expect(lab.watch.has(place(0))).toBe(false);
		expect(lab.watch.has(place(MOST_SUSPENSIONS))).toBe(true);
	});

	it('keeps no process alive, and keeps ticking while one lives', async () => {
		const script = join(__dirname, 'watchProcess.ts');
		const run = async (mode: string) => {
			const args = ['--import', 'tsx', '--expose-gc', script, mode];
			return await promisify(execFile)(process.execPath, args, { cwd: __dirname });
		};
		expect((await run('alone')).stdout).toBe('ended with 1 suspension\n');
		expect((await run('busy')).stdout).toBe('woken up\nended with 0 suspensions\n');
	});
});
