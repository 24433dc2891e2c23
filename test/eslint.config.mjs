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

/** One way to write what can be written in two. More of it is in spec/unit/house.test.ts. */
const oneDialect = {
	// Types know the globals of the browser, for code that runs in pages. Elsewhere such a name is a mistake.
	'no-restricted-globals': [
		'error',
		'name',
		'event',
		'status',
		'length',
		'parent',
		'top',
		'origin',
	],
	'no-restricted-syntax': [
		'error',
		{
			selector: "CallExpression[callee.name='test'][arguments.0.type='Literal']",
			message: "Write 'it': one word for a test.",
		},
		{
			selector: "CallExpression[callee.callee.object.name='test']",
			message: "Write 'it.each': one word for a test.",
		},
		{
			selector: 'TSPropertySignature[readonly=true]',
			message: "'readonly' is for fields of classes; interfaces only name what there is.",
		},
	],
};

export default [
	...config,
	{ files: ['**/*.ts'], rules: Object.fromEntries(shippedCodeOnly.map((rule) => [rule, 'off'])) },
	{ files: ['**/*.ts'], rules: oneDialect },
];
