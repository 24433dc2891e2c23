const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src } = require('gulp');

const clean = () => rm('dist', { recursive: true, force: true });

const bundle = () =>
	spawn(process.execPath, ['node_modules/rolldown/bin/cli.mjs', '-c'], { stdio: 'inherit' });

// `encoding: false`: gulp 5 would otherwise rewrite binary files as UTF-8.
const assets = () =>
	src(['nodes/**/*.{svg,node.json}', 'nodes/**/__schema__/**/*.json', 'credentials/**/*.svg'], {
		base: '.',
		encoding: false,
		allowEmpty: true,
	}).pipe(dest('dist'));

exports.clean = clean;
exports.build = series(clean, parallel(bundle, assets));
exports.default = exports.build;
