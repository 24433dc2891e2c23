// Measures what loading one community package costs a fresh process; prints JSON.
// Usage: node --expose-gc loadProbe.mjs <package folder>, NODE_PATH = n8n's node_modules
//
// Plain JavaScript: it runs on n8n's own Node.js. As in n8n, n8n-workflow is loaded before.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { argv, memoryUsage } from 'node:process';

const [, , folder] = argv;
const require = createRequire(join(folder, 'package.json'));
const { n8n } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const files = [...(n8n.nodes ?? []), ...(n8n.credentials ?? [])];

require('n8n-workflow');
global.gc();
const before = memoryUsage().rss;
const begin = performance.now();
// n8n's rule: KieVeo.node.js exports the class KieVeo. Kept, as n8n keeps them.
const loaded = files.map((file) => {
	const exported = require(join(folder, file));
	return new exported[basename(file).split('.')[0]]();
});
const milliseconds = performance.now() - begin;
global.gc();
const megabytes = (memoryUsage().rss - before) / 1024 / 1024;
console.log(JSON.stringify({ milliseconds, megabytes, classes: loaded.length }));
