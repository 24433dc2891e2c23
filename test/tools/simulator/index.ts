/**
 * A stand-in for Kie.ai's API on loopback, for tests, the demo and benchmarks.
 *
 * - `simulator`  what tests use; `scenario` says what can be chosen about one video
 * - `world`      what Kie would keep: accounts, videos and the work on them (`work`), result files
 * - `apiHost`    plays api.kie.ai: `veoApi`, `jobsApi` and `catalogue`, and what an order goes through (`order`)
 * - `uploadHost` plays the upload host; `kieTexts` has Kie's words
 * - `callbacks/` how callbacks are written, signed, sent and repeated
 * - `server`     requests in, answers out, the journal; `faults` on demand
 * - `network/`   what may be in between: a relay, a proxy, TLS with its own authority
 */
export { KIE_RATE_LIMIT, type LedgerEntry } from './account';
export { type CallbackForm, CALLBACK_FORMS } from './callbacks/form';
export { callbackSignature, type Delivery } from './callbacks/deliveries';
export { syntheticContent } from './content';
export { DEMO_TIMINGS, DEMO_VIDEOS } from './demoVideos';
export type { ArmedFault, Fault, FaultEffect } from './faults';
export type { JournalEntry } from './journal';
export { type Operation, type VideoScenario, NEVER } from './scenario';
export { type ManualCallback, type Simulator, startSimulator } from './simulator';
export { type AddVideo, type NextTask, type SimulatorOptions, SIMULATOR_KEY } from './world';
