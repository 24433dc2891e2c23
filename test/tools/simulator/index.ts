/**
 * A stand-in for Kie.ai's API on loopback, for tests, the demo and benchmarks.
 *
 * - `simulator`  what tests use, and what Kie would keep: videos and the work on them (`work`), an `account` per
 *                key, result `files`; `scenario` says what can be chosen about one video
 * - `server`     requests in, `reply` out, the journal; `faults` on demand
 * - `apiHost`    plays api.kie.ai: `veoApi`, `jobsApi`, the catalogue of `models`, and what an order goes
 *                through (`order`)
 * - `uploadHost` plays the upload host; `kieTexts` has Kie's words
 * - `callbacks`  how callbacks are written, signed, sent and repeated
 * - `network`    what may be in between: a proxy, TLS with its own authority
 */
export { KIE_RATE_LIMIT, type LedgerEntry } from './account';
export { callbackSignature, type Delivery } from './callbacks';
export type { ArmedFault, Fault, FaultEffect } from './faults';
export { syntheticContent } from './files';
export { DEMO_TIMINGS, DEMO_VIDEOS, NEVER, type Operation, type VideoScenario } from './scenario';
export type { JournalEntry } from './server';
export {
	type AddVideo,
	type ManualCallback,
	type NextTask,
	SIMULATOR_KEY,
	type Simulator,
	type SimulatorOptions,
	startSimulator,
} from './simulator';
