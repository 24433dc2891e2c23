/**
 * The unit tests of the pure rooms. Not the property tests: what they draw differs from run to run.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...require('../../../jest.config'),
	rootDir: '../../..',
	roots: ['<rootDir>/test/spec/unit'],
	testRegex: [
		'/(?:meaning|resultFields|repeat)\\.test\\.ts$',
		'/(?:callback|callbackCheck|signature|replay|publicUrl|submission)\\.test\\.ts$',
	],
};
