// Makes a fresh clone ready: installs the development dependencies when they are missing or
// the lock file changed since the last install. Plain JavaScript: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}/node_modules/.lock-sha256`;

const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
	console.error(`Node.js 20 or newer is needed, this is ${process.version}.`);
	process.exit(1);
}

const wanted = createHash('sha256')
	.update(readFileSync(`${root}/package-lock.json`))
	.digest('hex');
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
if (installed !== wanted) {
	console.log('Installing development dependencies (about a minute) ...');
	const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: root,
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	if (status !== 0) process.exit(status ?? 1);
	writeFileSync(stamp, wanted);
}
