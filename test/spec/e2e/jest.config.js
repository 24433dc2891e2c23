/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	rootDir: `${__dirname}/..`,
	roots: ['<rootDir>/e2e', '<rootDir>/browser'],
	transform: { '\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/../tsconfig.json' }] },
	testTimeout: 180_000,
	// Each file starts a real n8n and some measure time: one after the other.
	maxWorkers: 1,
};
