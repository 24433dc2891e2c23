import { tmpdir, userInfo } from 'node:os';

import { n8nEnvironment, startCommand } from './startCommand';
import { linesToTest } from './versions';

const USER_FOLDER = '/tmp/kie-veo-example/n8n';

/** What an installation of the n8n that `KIE_VEO_N8N` names is started with. */
function commandOf(wanted: string) {
	const [line] = linesToTest(wanted);
	if (!line) throw new Error(`Nothing to test with ${wanted}`);
	const install = { line, node: '/cache/node', modules: '/cache/node_modules' };
	const extra = { OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true', HTTPS_PROXY: 'http://proxy' };
	const env = n8nEnvironment(install, USER_FOLDER, [5678, 5679], extra);
	return startCommand(install, ['worker', '--concurrency=1'], env);
}

it('starts a version from npm with its own Node.js', () => {
	expect(commandOf('1.100.1')).toStrictEqual({
		program: '/cache/node/bin/node',
		args: ['/cache/node_modules/n8n/bin/n8n', 'worker', '--concurrency=1'],
	});
});

it("starts a tag as a container of n8n's image, on this network and with these files", () => {
	const { program, args, container } = commandOf('image:3.0.0');
	const { uid, gid } = userInfo();
	expect([program, container]).toStrictEqual(['docker', 'kie-veo-n8n-5678']);
	expect(args.slice(0, 12)).toStrictEqual([
		...['run', '--rm', '--name', 'kie-veo-n8n-5678', '--network', 'host'],
		...['--user', `${uid}:${gid}`, '--volume', `${tmpdir()}:${tmpdir()}`],
		...['--env', `HOME=${USER_FOLDER}`],
	]);
	const end = ['docker.n8n.io/n8nio/n8n:3.0.0', 'worker', '--concurrency=1'];
	expect(args.slice(-3)).toStrictEqual(end);
	// The variables meant for n8n, without their values, and none of this machine.
	const names = args.filter((_, at) => args[at - 1] === '--env').slice(1);
	const passed = ['N8N_USER_FOLDER', 'N8N_PORT', 'DB_TYPE', 'HTTPS_PROXY', 'NO_PROXY'];
	expect(names).toEqual(expect.arrayContaining(passed));
	expect(names).not.toContain('PATH');
});

it.each(['3.0.0', 'image:', 'image:a b', 'newest'])('refuses %s', (wanted) => {
	expect(() => linesToTest(wanted)).toThrow(`KIE_VEO_N8N=${wanted} is neither`);
});
