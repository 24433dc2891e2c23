import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { API_LABELS } from '../../../nodes/KieVeo/messages/advice';
import { overdueAfter } from '../../../nodes/KieVeo/suspension/watch';
import { LOST, Suspensions } from '../../spec/e2e/suspensions';
import { KIE } from '../../spec/e2e/workflows';
import { hasEnded } from '../n8n/execution';
import { expectVideos, timeOf, untilAll } from './executions';
import { shown, table, type Section, type Target } from './figures';
import { APIS, type Lab } from './lab';

/** Executions that are suspended at the same time, each with an account of its own. */
interface Extent {
	executions: number;
	/** In each: videos whose callbacks are lost, and others. */
	losses: number;
	reported: number;
	/** Seconds. */
	timeout: number;
}

const SOME: Extent = { executions: 1, losses: 3, reported: 5, timeout: 40 };
const ALL: Extent = { executions: 10, losses: 100, reported: 0, timeout: 120 };
/** Seconds. */
const FIRST_CHECK = SOME.timeout / 2;
/** Seconds after the first check within which everything is out. */
const MOST_LATE = 3;
const MOST_QUESTIONS = 2;
const VIDEOS = SOME.reported + SOME.losses;

/** What was seen of executions whose callbacks never came, or some of them. */
interface LostRun {
	/** From the end of all upgrades at Kie.ai to the end of the last execution. */
	seconds: number;
	/** Questions about each lost video after its submission. */
	questions: number[];
	/** The same about each reported video. */
	questionsAboutReported: number[];
	/** Paid submissions of each video. */
	paid: number[];
}

/** Wait for Callback when callbacks are lost for good. */
export async function measureLost(lab: Lab): Promise<Section> {
	const rounds = lab.quick ? 1 : 2;
	const runs: Record<ApiName, LostRun[]> = { veo: [], jobs: [] };
	for (let round = 0; round < rounds; round++) {
		for (const api of APIS) {
			lab.tell(`lost: round ${round + 1} of ${rounds}, ${API_LABELS[api]}`);
			runs[api].push(await loseCallbacks(lab, api, SOME));
		}
	}
	const all: Record<ApiName, LostRun[]> = { veo: [], jobs: [] };
	for (const api of APIS) {
		lab.tell(`lost: all callbacks, ${API_LABELS[api]}`);
		all[api].push(await loseCallbacks(lab, api, ALL));
	}
	return {
		title: 'Lost callbacks',
		method: `Get 4K Video with Wait for Callback for ${VIDEOS} videos. All are ready at the same moment, as soon as the execution is suspended; the callbacks of ${SOME.losses} are lost with all their attempts. Seconds from then until the execution has ended, by n8n's own record; questions are requests to Kie.ai after the submission, all of them free. Timeout is ${SOME.timeout} s; ${rounds} rounds. Second table: ${ALL.executions} executions with ${ALL.losses} videos each, each on its own account, because Kie.ai's limit would take 8 minutes to accept them on one; all are ready once all are suspended, and every callback is lost. Timeout is ${ALL.timeout} s, which begins when an execution is suspended; one round.`,
		tables: [
			table(
				[
					'',
					'Seconds',
					'Questions per lost video',
					'Questions per reported video',
					'Paid for, per video',
				],
				...APIS.map((api) => toRow(api, runs[api])),
			),
			table(
				[
					`${ALL.executions * ALL.losses} videos, all callbacks lost`,
					'Seconds since they were ready',
					'Questions per video',
					'Paid for, per video',
				],
				...APIS.map((api) => [
					API_LABELS[api],
					shown(ofAll(all[api], 'seconds'), 0),
					shown(ofAll(all[api], 'questions'), 0),
					shown(ofAll(all[api], 'paid'), 0),
				]),
			),
		],
		reading: reading(),
		targets: APIS.flatMap((api) => [...toTargets(api, runs[api]), ...allTargets(api, all[api])]),
	};
}

/** @throws Error unless every video came out */
async function loseCallbacks(
	lab: Lab,
	api: ApiName,
	{ executions, losses, reported, timeout }: Extent,
): Promise<LostRun> {
	const stage = await lab.stage();
	const { client, simulator } = stage;
	simulator.reset();
	const suspended = await Promise.all(
		Array.from({ length: executions }, async () => {
			const suspensions = new Suspensions(stage, (await lab.newAccount(api)).credential);
			const videos = [suspensions.add(losses, LOST), suspensions.add(reported)] as const;
			const { id } = await client.createWorkflow(suspensions.workflowFor(videos.flat(), timeout));
			return { suspensions, videos, id: await client.runWorkflow(id) };
		}),
	);
	const ids = suspended.map(({ id }) => id);
	const timeoutMs = (timeout + 60) * 1000;
	await untilAll(client, ids, ({ status }) => status === 'waiting', timeoutMs);
	const finishedAt = Date.now();
	for (const { suspensions, videos } of suspended) suspensions.finish(videos.flat());
	await untilAll(client, ids, hasEnded, timeoutMs);
	const ends: number[] = [];
	for (const id of ids) {
		const execution = await client.waitForExecution(id);
		expectVideos(execution, KIE, losses + reported);
		ends.push(timeOf(execution.stoppedAt));
	}
	const questions = (which: 0 | 1) =>
		suspended.flatMap(({ suspensions, videos }) =>
			videos[which].map((taskId) => suspensions.questionsAbout(taskId).length),
		);
	const taskIds = suspended.flatMap(({ videos }) => videos.flat());
	return {
		seconds: (Math.max(...ends) - finishedAt) / 1000,
		questions: questions(0),
		questionsAboutReported: questions(1),
		paid: taskIds.map((taskId) => simulator.paid({ taskId }).length),
	};
}

/** Of all rounds, and of all their videos. */
function ofAll(runs: readonly LostRun[], what: keyof LostRun): number[] {
	return runs.flatMap((run) => run[what]);
}

function toRow(api: ApiName, runs: readonly LostRun[]): string[] {
	return [
		API_LABELS[api],
		shown(ofAll(runs, 'seconds'), 1),
		shown(ofAll(runs, 'questions'), 0),
		shown(ofAll(runs, 'questionsAboutReported'), 0),
		shown(ofAll(runs, 'paid'), 0),
	];
}

function reading(): string {
	const minutes = (operation: 'get1080p' | 'generate' | 'get4k' | 'extend') =>
		overdueAfter(operation) / 60_000;
	return `The process that suspended the execution asks Kie.ai when a callback is overdue. With a short Timeout, as here, that is halfway, after ${FIRST_CHECK} s: the seconds are those of this Timeout, not of the node. In real use a callback is overdue after ${minutes('get1080p')} minutes for Get 1080P, ${minutes('generate')} for Generate, ${minutes('get4k')} for Get 4K and ${minutes('extend')} for Extend, or after half of Timeout (default 30 minutes) if that is less; what is unfinished then is asked about again after pauses that double, and at the end of Timeout. Videos that were reported are not asked about. For a 4K upgrade by the Veo Endpoints the record is read first, which may not show the upgrade; then the 4K request is repeated, which Kie.ai answers with the state of the first one. With the Unified Jobs API the record of the job says it all.`;
}

function toTargets(api: ApiName, runs: readonly LostRun[]): Target[] {
	const seconds = ofAll(runs, 'seconds');
	const where = `With ${SOME.losses} of ${VIDEOS} callbacks lost, ${API_LABELS[api]}:`;
	return [
		{
			promise: `${where} everything is out within ${MOST_LATE} s of the first check, which comes after ${FIRST_CHECK} s`,
			measured: `${shown(seconds, 1)} s`,
			held: seconds.every((each) => each <= FIRST_CHECK + MOST_LATE),
		},
		questionsTarget(where, runs),
	];
}

function allTargets(api: ApiName, runs: readonly LostRun[]): Target[] {
	const seconds = ofAll(runs, 'seconds');
	const where = `With all callbacks of ${ALL.executions * ALL.losses} videos lost, ${API_LABELS[api]}:`;
	return [
		{
			promise: `${where} everything is out by the Timeout of ${ALL.timeout} s`,
			measured: `${shown(seconds, 0)} s`,
			held: seconds.every((each) => each <= ALL.timeout),
		},
		questionsTarget(where, runs),
	];
}

function questionsTarget(where: string, runs: readonly LostRun[]): Target {
	const [questions, paid] = [ofAll(runs, 'questions'), ofAll(runs, 'paid')];
	return {
		promise: `${where} at most ${MOST_QUESTIONS} questions per lost video, and each video paid for once`,
		measured: `Questions: ${shown(questions, 0)}; paid submissions: ${shown(paid, 0)}`,
		held: questions.every((each) => each <= MOST_QUESTIONS) && paid.every((each) => each === 1),
	};
}
