import { readFileSync } from 'node:fs';

import { defineConfig } from 'rolldown';

const { n8n } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const names = [...n8n.nodes, ...n8n.credentials].map((file) => file.replace(/^dist\/|\.js$/g, ''));

// n8n wants a file for each node and credential. What they share is in one more, and not copied
// into each: the node and its trigger have the limiter and what is known of tasks in common.
// n8n reads all of it when it starts, and a few files take less than half the time of 120.
export default defineConfig({
	input: Object.fromEntries(names.map((name) => [name, `${name}.ts`])),
	external: ['n8n-workflow'],
	platform: 'node',
	tsconfig: 'tsconfig.json',
	output: {
		dir: 'dist',
		format: 'cjs',
		entryFileNames: '[name].js',
		chunkFileNames: 'nodes/KieVeo/[name].js',
		codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
		comments: false,
	},
});
