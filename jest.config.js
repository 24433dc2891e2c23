/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	testEnvironmentOptions: { globalsCleanup: 'off' },
	// Some tests start a process or wait out a retry; on a busy machine that takes a while.
	testTimeout: 30_000,
	// By default jest leaves one processor idle, which of two is half.
	maxWorkers: '100%',
	roots: ['<rootDir>/test'],
	// Real n8n: `npm run test:e2e`.
	testPathIgnorePatterns: [
		'/node_modules/',
		'<rootDir>/test/spec/e2e/',
		'<rootDir>/test/spec/browser/',
	],
	transform: { '\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/tsconfig.json' }] },
};
