const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const base = require('../../../jest.config');

/** What is mutated; a test of the same name is about it. */
const FILES = ['kie/meaning', 'kie/callback', 'addresses'].flatMap((room) =>
	readdirSync(join(__dirname, '../../../nodes/KieVeo', room)),
);

/**
 * The unit tests whose subject is one of these rooms, and no others: a mutant that only a test
 * of something else notices would be found by luck. Nor the property tests: what they draw differs from run
 * to run.
 */
const SUBJECTS = [
	...FILES.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length)),
	'callback',
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
