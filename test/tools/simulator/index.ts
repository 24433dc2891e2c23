/**
 * A stand-in for Kie.ai's Veo 3.1 API on loopback, for tests, the demo and benchmarks.
 *
 * - `state/`      what the provider would keep: accounts, tasks and their work, result files
 * - `api/`        plays api.kie.ai; `upload/` plays the upload host
 * - `callbacks/`  how callbacks are written, signed, sent and repeated
 * - `http/`       requests in, answers out, the journal, faults on demand
 * - `network/`    what may be in between: a relay, a proxy, TLS with its own authority
 * - `control/`    the simulator's own addresses and its status page
 */
export {
	type Account,
	type AccountOptions,
	type LedgerEntry,
	type RateLimit,
	KIE_RATE_LIMIT,
	PRICES,
} from './state/account';
export {
	type CallbackForm,
	type IdPlace,
	CALLBACK_FORMS,
	OTHER_CALLBACK_FORMS,
} from './callbacks/form';
export { syntheticContent, sha256Of } from './http/content';
export type { CallbackOptions, Delivery, DeliveryAttempt } from './callbacks/deliveries';
export { DEMO_TIMINGS, DEMO_VIDEOS } from './demoVideos';
export { IN_CHINESE, KIE_FAILURES } from './kieTexts';
export type { Acceptance, Failure } from './state/failure';
export type { ArmedFault, Fault, FaultEffect, FaultTarget, Storm } from './http/faults';
export type { Rival, RivalOptions } from './state/rival';
export type { Host, JournalEntry, JournalFilter } from './http/journal';
export { type AddVideo, type NextTask, type SimulatorOptions, SIMULATOR_KEY } from './options';
export {
	type Operation,
	type Scenario,
	type Timings,
	type VideoScenario,
	BUILT_IN_SCENARIO,
	NEVER,
} from './state/scenario';
export { callbackSignature } from './callbacks/signature';
export { type ManualCallback, type Simulator, startSimulator } from './simulator';
export type { Upload } from './state/world';
