/**
 * The unit tests. Not the property tests: what they draw differs from run to run. Nor those that play whole
 * minutes of a shared account: they take seconds each, and are about the limiter.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...require('../../../jest.config'),
	rootDir: '../../..',
	roots: ['<rootDir>/test/spec/unit'],
	testPathIgnorePatterns: ['limiter', 'ouse\\.test'],
};
