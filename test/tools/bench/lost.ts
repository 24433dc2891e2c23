import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { API_LABELS } from '../../../nodes/KieVeo/messages/advice';
import { overdueAfter } from '../../../nodes/KieVeo/suspension/suspend';
import { LOST, Suspensions } from '../../spec/e2e/suspensions';
import { KIE } from '../../spec/e2e/workflows';
import { expectVideos, timeOf } from './executions';
import { shown, table, type Section, type Target } from './figures';
import { APIS, type Lab } from './lab';

/** Seconds. */
const TIMEOUT = 40;
const FIRST_CHECK = TIMEOUT / 2;
/** Seconds after the first check within which everything is out. */
const MOST_LATE = 3;
const MOST_QUESTIONS = 2;
const REPORTED = 5;
const LOSSES = 3;
const VIDEOS = REPORTED + LOSSES;

/** What was seen of one execution some of whose callbacks never came. */
interface LostRun {
	/** From the end of all upgrades at Kie.ai to the end of the execution. */
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
			runs[api].push(await loseCallbacks(lab, api));
		}
	}
	return {
		title: 'Lost callbacks',
		method: `Get 4K Video with Wait for Callback for ${VIDEOS} videos. All are ready at the same moment, as soon as the execution is suspended; the callbacks of ${LOSSES} are lost with all their attempts. Seconds from then until the execution has ended, by n8n's own record; questions are requests to Kie.ai after the submission, all of them free. Timeout is ${TIMEOUT} s; ${rounds} rounds.`,
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
		],
		reading: reading(),
		targets: APIS.flatMap((api) => toTargets(api, runs[api])),
	};
}

async function loseCallbacks(lab: Lab, api: ApiName): Promise<LostRun> {
	const stage = await lab.stage();
	const { client, simulator } = stage;
	simulator.reset();
	const { credential } = await lab.newAccount(api);
	const suspensions = new Suspensions(stage, credential);
	const [lost, reported] = [suspensions.add(LOSSES, LOST), suspensions.add(REPORTED)];
	const taskIds = [...lost, ...reported];
	const id = await suspensions.start(taskIds, TIMEOUT);
	const finishedAt = Date.now();
	suspensions.finish(taskIds);
	const execution = await client.waitForExecution(id, { timeoutMs: (TIMEOUT + 60) * 1000 });
	expectVideos(execution, KIE, VIDEOS);
	const questions = (about: readonly string[]) =>
		about.map((taskId) => suspensions.questionsAbout(taskId).length);
	return {
		seconds: (timeOf(execution.stoppedAt) - finishedAt) / 1000,
		questions: questions(lost),
		questionsAboutReported: questions(reported),
		paid: taskIds.map((taskId) => simulator.paid({ taskId }).length),
	};
}

/** Of all videos of all rounds. */
function ofAll(runs: readonly LostRun[], what: Exclude<keyof LostRun, 'seconds'>): number[] {
	return runs.flatMap((run) => run[what]);
}

function toRow(api: ApiName, runs: readonly LostRun[]): string[] {
	return [
		API_LABELS[api],
		shown(secondsOf(runs), 1),
		shown(ofAll(runs, 'questions'), 0),
		shown(ofAll(runs, 'questionsAboutReported'), 0),
		shown(ofAll(runs, 'paid'), 0),
	];
}

function secondsOf(runs: readonly LostRun[]): number[] {
	return runs.map(({ seconds }) => seconds);
}

function reading(): string {
	const minutes = (operation: 'get1080p' | 'generate' | 'get4k' | 'extend') =>
		overdueAfter(operation) / 60_000;
	return `The process that suspended the execution asks Kie.ai when a callback is overdue. With a short Timeout, as here, that is halfway, after ${FIRST_CHECK} s: the seconds are those of this Timeout, not of the node. In real use a callback is overdue after ${minutes('get1080p')} minutes for Get 1080P, ${minutes('generate')} for Generate, ${minutes('get4k')} for Get 4K and ${minutes('extend')} for Extend, or after half of Timeout (default 30 minutes) if that is less; what is unfinished then is asked about again after pauses that double, and at the end of Timeout. Videos that were reported are not asked about. For a 4K upgrade by the Veo Endpoints the record is read first, which may not show the upgrade; then the 4K request is repeated, which Kie.ai answers with the state of the first one. With the Unified Jobs API the record of the job says it all.`;
}

function toTargets(api: ApiName, runs: readonly LostRun[]): Target[] {
	const seconds = secondsOf(runs);
	const questions = ofAll(runs, 'questions');
	const paid = ofAll(runs, 'paid');
	const where = `With ${LOSSES} of ${VIDEOS} callbacks lost, ${API_LABELS[api]}:`;
	return [
		{
			promise: `${where} everything is out within ${MOST_LATE} s of the first check, which comes after ${FIRST_CHECK} s`,
			measured: `${shown(seconds, 1)} s`,
			held: seconds.every((each) => each <= FIRST_CHECK + MOST_LATE),
		},
		{
			promise: `${where} at most ${MOST_QUESTIONS} questions per lost video, and each video paid for once`,
			measured: `Questions: ${shown(questions, 0)}; paid submissions: ${shown(paid, 0)}`,
			held: questions.every((each) => each <= MOST_QUESTIONS) && paid.every((each) => each === 1),
		},
	];
}
