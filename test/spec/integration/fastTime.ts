/** Milliseconds between two steps, by the real clock. */
const STEP_MS = 4;
/** What passes in a step, in milliseconds. */
const PASSING_MS = 50;

/**
 * Lets time pass about ten times faster, for everything in this process: the node, n8n-core and the
 * simulator. It passes in steps, between turns of the event loop, so a busy machine makes the tests slower,
 * but not different. To be called in a describe or at the top of a file, before what starts timers.
 */
export function useFastTime(): void {
	const later = setTimeout;
	let timeout: jest.SpyInstance | undefined;
	let isPassing = false;

	beforeAll(() => {
		jest.useFakeTimers({
			doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask'],
		});
		timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
			const controller = new AbortController();
			setTimeout(() => controller.abort(new DOMException('', 'TimeoutError')), ms);
			return controller.signal;
		});
		isPassing = true;
		const step = () => {
			if (!isPassing) return;
			jest.advanceTimersByTime(PASSING_MS);
			later(step, STEP_MS);
		};
		later(step, STEP_MS);
	});

	afterAll(() => {
		isPassing = false;
		timeout?.mockRestore();
		jest.useRealTimers();
	});
}
