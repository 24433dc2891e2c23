import { decide, type Facts } from '../../nodes/KieVeo/suspension/decide';

/** A callback about the one of three videos that this process knows to be finished; two are open. */
const usual: Facts = {
	resumed: false,
	known: true,
	succeeded: true,
	isUpgrade: true,
	delivery: 1,
	open: 2,
	openPossiblyMissed: false,
	complete: true,
	asked: 'no',
};
const restarted = { complete: false, delivery: 2 };

describe('what is done about a callback', () => {
	it.each<[situation: string, changes: Partial<Facts>, decision: string | number]>([
		['the execution was resumed by another one', { resumed: true, known: false }, 200],
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
	])('%s', (_situation, changes, expected) => {
		const decision = decide({ ...usual, ...changes });
		expect(decision.kind === 'answer' ? decision.status : decision.kind).toBe(expected);
	});

	it('says how many videos are open', () => {
		expect(decide(usual)).toMatchObject({ reason: '2 videos are not finished' });
	});
});
