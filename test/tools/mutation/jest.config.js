const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const base = require('../../../jest.config');

/** What is mutated; a test of the same name is about it. */
const FILES = ['meaning', 'callback'].flatMap((room) =>
	readdirSync(join(__dirname, '../../../nodes/KieVeo/kie', room)),
);

/**
 * The unit tests whose subject is `kie/meaning/` or `kie/callback/`, and no others: a mutant that only a test
 * of something else notices would be found by luck. Nor the property tests: what they draw differs from run
 * to run.
 */
const SUBJECTS = [
	...FILES.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length)),
	'callback',
	'callbackAddress',
	'callbackCheck',
	'lifeAnswers',
	'videoResult',
];

/** @type {import('jest').Config} */
module.exports = {
	...base,
	rootDir: '../../..',
	roots: ['<rootDir>/test/spec/unit'],
	testRegex: `/unit/(${SUBJECTS.join('|')})\\.test\\.ts$`,
	testPathIgnorePatterns: [],
};
