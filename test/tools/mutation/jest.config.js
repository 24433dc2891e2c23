const base = require('../../../jest.config');

/**
 * The unit tests whose subject is `kie/meaning/` or `kie/callback/`, and no others: a mutant that only a test of something else
 * notices would be found by luck. Nor the property tests: what they draw differs from run to run.
 */
const SUBJECTS = [
	'answer',
	'callback',
	'callbackAddress',
	'callbackCheck',
	'constantTime',
	'guards',
	'job',
	'kieFileHost',
	'lifeAnswers',
	'privateHost',
	'publicUrl',
	'repeat',
	'replay',
	'resultFiles',
	'signature',
	'taskFields',
	'taskRecord',
	'videoResult',
	'words',
];

/** @type {import('jest').Config} */
module.exports = {
	...base,
	rootDir: '../../..',
	roots: ['<rootDir>/test/spec/unit'],
	testRegex: `/unit/(${SUBJECTS.join('|')})\\.test\\.ts$`,
	testPathIgnorePatterns: [],
};
