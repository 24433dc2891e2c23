// Tests, simulator and demo are not shipped: n8n's rules for code that runs inside it (no timers,
// no Node built-ins, no console) are switched off here. Its general TypeScript rules stay.
import { config } from '@n8n/node-cli/eslint';

const shippedCodeOnly = [
	'@n8n/community-nodes/no-restricted-globals',
	'@n8n/community-nodes/no-restricted-imports',
	'@n8n/community-nodes/no-dangerous-functions',
	'@n8n/community-nodes/no-hardcoded-secrets',
	'@n8n/community-nodes/require-node-api-error',
	'no-console',
];

export default [
	...config,
	{ files: ['**/*.ts'], rules: Object.fromEntries(shippedCodeOnly.map((rule) => [rule, 'off'])) },
];
