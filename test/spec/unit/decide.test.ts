import { decide, type Facts } from '../../../nodes/KieVeo/suspension/decide';

/** A report of the one of three videos that this process knows to be finished; two are open. */
const VIDEO = { known: true, succeeded: true, isUpgrade: true, delivery: 1 };
const REPORT: Facts = {
	isFinal: false,
	video: VIDEO,
	resumption: 'none',
	tooLate: false,
	lastChance: false,
	open: 2,
	openPossiblyMissed: false,
	complete: true,
	checkFollows: false,
	asked: 'no',
};
const LOOK: Facts = { ...REPORT, video: null };

type Changes = Partial<Omit<Facts, 'video'>> & Partial<NonNullable<Facts['video']>>;

function decideOn(base: Facts, { known, succeeded, isUpgrade, delivery, ...changes }: Changes) {
	const given = { known, succeeded, isUpgrade, delivery };
	const changed = Object.fromEntries(
		Object.entries(given).filter(([, value]) => value !== undefined),
	);
	const video = base.video && { ...base.video, ...changed };
	const decision = decide({ ...base, ...changes, video });
	return typeof decision === 'string' ? decision : decision.status;
}

const restarted = { complete: false, delivery: 2 };
const watched = { ...restarted, checkFollows: true };
const late = { lastChance: true };

describe('what is done about a report', () => {
	it.each<[situation: string, changes: Changes, decision: string | number]>([
		['another one is resuming the execution', { resumption: 'underWay', known: false }, 200],
		['n8n could not store that it was resumed', { resumption: 'failed', known: false }, 'resume'],
		['it does not say how the video ended', { known: false }, 503],
		['it was the last video', { open: 0 }, 'resume'],
		['it was the last video, and this process was restarted', { ...restarted, open: 0 }, 'resume'],
		['others will report themselves', {}, 200],
		['all others may have reported before the suspension', { openPossiblyMissed: true }, 'ask'],
		['Kie said that they run', { openPossiblyMissed: true, asked: 'answered' }, 200],
		['Kie could not be asked about them', { openPossiblyMissed: true, asked: 'unanswered' }, 503],
		['another process may know more of upgrades', { complete: false }, 503],
		['it came again to a process that knows little', restarted, 'ask'],
		['new tasks can be asked about at once', { complete: false, isUpgrade: false }, 'ask'],
		['Kie said that others run', { ...restarted, asked: 'answered' }, 200],
		['Kie could not be asked', { ...restarted, asked: 'unanswered' }, 503],
		[
			'a failed upgrade must reach every process',
			{ ...restarted, succeeded: false, asked: 'answered' },
			503,
		],
		[
			'a new task that failed can be asked about by every process',
			{ ...restarted, isUpgrade: false, succeeded: false, asked: 'answered' },
			200,
		],
		['a check will ask, once it may have spread', { ...watched, delivery: 1 }, 503],
		['a check will ask about new tasks too', { ...watched, delivery: 1, isUpgrade: false }, 503],
		['a check will ask about what this process does not know', watched, 200],
		['a check will ask, but a failed upgrade must spread', { ...watched, succeeded: false }, 503],
		['it was the last video, so no check is needed', { ...watched, open: 0 }, 'resume'],
		['all callbacks came here, so none needs a check', { checkFollows: true }, 200],
		['it may be the last call that comes in time', { ...watched, ...late }, 'ask'],
		['it may be that, and Kie said that others run', { ...late, asked: 'answered' }, 'resume'],
		['it may be that, and Kie could not be asked', { ...late, asked: 'unanswered' }, 503],
		['n8n is about to continue by itself', { tooLate: true, open: 0 }, 200],
	])('%s', (_situation, changes, expected) => {
		expect(decideOn(REPORT, changes)).toBe(expected);
	});

	it('the answer says how many videos are open', () => {
		expect(decide(REPORT)).toMatchObject({ reason: '2 videos are not finished' });
	});
});

describe('what is done about a check of our own', () => {
	it.each<[situation: string, changes: Changes, decision: string | number]>([
		['videos are open', {}, 'ask'],
		['Kie said that they run', { asked: 'answered' }, 200],
		['Kie could not be asked', { asked: 'unanswered' }, 200],
		['all are finished', { open: 0, asked: 'answered' }, 'resume'],
		['all were finished before', { open: 0 }, 'resume'],
		['the time is over and Kie was not asked', { isFinal: true }, 'ask'],
		['the time is over and some run', { isFinal: true, asked: 'answered' }, 'resume'],
		['the time is over and Kie is silent', { isFinal: true, asked: 'unanswered' }, 200],
		[
			'Kie is silent and no check can follow',
			{ isFinal: true, asked: 'unanswered', lastChance: true },
			'resume',
		],
		['there was no time for all of them', { asked: 'cutShort' }, 503],
		['the time is over, but not all were asked about', { isFinal: true, asked: 'cutShort' }, 503],
		['another call is resuming it', { isFinal: true, resumption: 'underWay' }, 200],
		['n8n could not store that it was resumed', { resumption: 'failed' }, 'resume'],
		['neither could n8n, and it is too late', { resumption: 'failed', tooLate: true }, 200],
		['n8n is about to continue by itself', { isFinal: true, tooLate: true }, 200],
	])('%s', (_situation, changes, expected) => {
		expect(decideOn(LOOK, changes)).toBe(expected);
	});
});
