import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { OPERATIONS } from '../../../nodes/KieVeo/operations';
import { LOST, Suspensions } from '../../spec/e2e/suspensions';
import { KIE } from '../../spec/e2e/workflows';
import { hasEnded } from '../n8n/execution';
import { expectUrls, timeOf, untilAll } from './executions';
import { Contender, table, type Section, type Target } from './figures';
import { APIS, type Lab } from './lab';

/** Executions that are suspended at the same time, each with an account of its own, and what is promised. */
interface Extent {
	executions: number;
	/** In each: videos whose callbacks are lost, and others. */
	losses: number;
	reported: number;
	/** Seconds. */
	timeout: number;
	/** As the promise begins. */
	where: string;
	/** When everything is out, and the same in seconds. */
	out: string;
	most: number;
	/** With which the seconds are shown. */
	digits: number;
}

const TIMEOUT = 40;
/** Seconds. */
const FIRST_CHECK = TIMEOUT / 2;
/** Seconds after the first check within which everything is out. */
const MOST_LATE = 3;
const SOME: Extent = {
	executions: 1,
	losses: 3,
	reported: 5,
	timeout: TIMEOUT,
	where: 'With 3 of 8 callbacks lost',
	out: `within ${MOST_LATE} s of the first check, which comes after ${FIRST_CHECK} s`,
	most: FIRST_CHECK + MOST_LATE,
	digits: 1,
};
const ALL: Extent = {
	executions: 10,
	losses: 100,
	reported: 0,
	timeout: 120,
	where: 'With all callbacks of 1000 videos lost',
	out: 'by the Timeout of 120 s',
	most: 120,
	digits: 0,
};
const MOST_QUESTIONS = 2;

/** Wait for Callback when callbacks are lost for good. */
export async function measureLost(lab: Lab): Promise<Section> {
	const rounds = lab.quick ? 1 : 2;
	const losing = (extent: Extent) =>
		APIS.map(({ api, name }) => new Contender(name, () => loseCallbacks(lab, api, extent)));
	const [some, all] = [losing(SOME), losing(ALL)];
	await Contender.inTurn('lost', rounds, some, 'no warm-up');
	await Contender.inTurn('lost: all callbacks', 1, all, 'no warm-up');
	return {
		title: 'Lost callbacks',
		method: `Get 4K Video with Wait for Callback for ${SOME.losses + SOME.reported} videos. All are ready at the same moment, as soon as the execution is suspended; the callbacks of ${SOME.losses} are lost with all their attempts. Seconds from then until the execution has ended, by n8n's own record; questions are requests to Kie.ai after the submission, all of them free. Timeout is ${SOME.timeout} s; ${rounds} rounds. Second table: ${ALL.executions} executions with ${ALL.losses} videos each, each on its own account, because Kie.ai's limit would take 8 minutes to accept them on one; all are ready once all are suspended, and every callback is lost. Timeout is ${ALL.timeout} s, which begins when an execution is suspended; one round.`,
		tables: [
			table(some, [
				['', ({ name }) => name],
				['Seconds', (one) => one.shown('seconds', 1)],
				['Questions per lost video', (one) => one.shown('questions', 0)],
				['Questions per reported video', (one) => one.shown('aboutReported', 0)],
				['Paid for, per video', (one) => one.shown('paid', 0)],
			]),
			table(all, [
				[`${ALL.executions * ALL.losses} videos, all callbacks lost`, ({ name }) => name],
				['Seconds since they were ready', (one) => one.shown('seconds', 0)],
				['Questions per video', (one) => one.shown('questions', 0)],
				['Paid for, per video', (one) => one.shown('paid', 0)],
			]),
		],
		reading: reading(),
		targets: [
			...some.flatMap((one) => toTargets(one, SOME)),
			...all.flatMap((one) => toTargets(one, ALL)),
		],
	};
}

function toTargets(
	one: Contender<'seconds' | 'questions' | 'aboutReported' | 'paid'>,
	{ where, out, most, digits }: Extent,
): Target[] {
	return [
		{
			promise: `${where}, ${one.name}: everything is out ${out}`,
			measured: `${one.shown('seconds', digits)} s`,
			held: one.of('seconds').every((each) => each <= most),
		},
		{
			promise: `${where}, ${one.name}: at most ${MOST_QUESTIONS} questions per lost video, and each video paid for once`,
			measured: `Questions: ${one.shown('questions', 0)}; paid submissions: ${one.shown('paid', 0)}`,
			held:
				one.of('questions').every((each) => each <= MOST_QUESTIONS) &&
				one.of('paid').every((each) => each === 1),
		},
	];
}

/**
 * @returns seconds from the end of all upgrades at Kie.ai to the end of the last execution; questions about each lost
 * and each reported video after its submission; paid submissions of each video
 * @throws Error unless every video came out
 */
async function loseCallbacks(
	lab: Lab,
	api: ApiName,
	{ executions, losses, reported, timeout }: Extent,
) {
	const { client, simulator } = lab.stage;
	simulator.reset();
	const suspended = await Promise.all(
		Array.from({ length: executions }, async () => {
			const { credential } = await lab.newAccount(api);
			const suspensions = new Suspensions(lab.stage, credential);
			const [lost, others] = [suspensions.add(losses, LOST), suspensions.add(reported)];
			const id = await suspensions.run([...lost, ...others], timeout);
			return { suspensions, lost, others, id };
		}),
	);
	const ids = suspended.map(({ id }) => id);
	const timeoutMs = (timeout + 60) * 1000;
	await untilAll(client, ids, ({ status }) => status === 'waiting', timeoutMs);
	const finishedAt = Date.now();
	for (const { suspensions, lost, others } of suspended) suspensions.finish([...lost, ...others]);
	await untilAll(client, ids, hasEnded, timeoutMs);
	const ends: number[] = [];
	for (const id of ids) {
		const execution = await client.waitForExecution(id);
		expectUrls(execution, KIE, losses + reported);
		ends.push(timeOf(execution.stoppedAt));
	}
	const questions = (which: 'lost' | 'others') =>
		suspended.flatMap((one) =>
			one[which].map((taskId) => one.suspensions.questionsAbout(taskId).length),
		);
	return {
		seconds: (Math.max(...ends) - finishedAt) / 1000,
		questions: questions('lost'),
		aboutReported: questions('others'),
		paid: suspended
			.flatMap(({ lost, others }) => [...lost, ...others])
			.map((taskId) => simulator.paid({ taskId }).length),
	};
}

function reading(): string {
	return `The process that suspended the execution asks Kie.ai when a callback is overdue. With a short Timeout, as here, that is halfway, after ${FIRST_CHECK} s: the seconds are those of this Timeout, not of the node. In real use a callback is overdue after ${OPERATIONS.get1080p.usualMinutes} minutes for Get 1080P, ${OPERATIONS.generate.usualMinutes} for Generate, ${OPERATIONS.get4k.usualMinutes} for Get 4K and ${OPERATIONS.extend.usualMinutes} for Extend, or after half of Timeout (default 30 minutes) if that is less; what is unfinished then is asked about again after pauses that double, and at the end of Timeout. Videos that were reported are not asked about. For a 4K upgrade by the Veo Endpoints the record is read first, which may not show the upgrade; then the 4K request is repeated, which Kie.ai answers with the state of the first one. With the Unified Jobs API the record of the job says it all.`;
}
