/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	rootDir: `${__dirname}/..`,
	roots: ['<rootDir>/e2e', '<rootDir>/browser'],
	transform: { '\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/../tsconfig.json' }] },
	testTimeout: 180_000,
	// Each file starts an n8n of its own and mostly waits for it.
	maxWorkers: 2,
};
