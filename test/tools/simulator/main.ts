/** Starts the simulator alone, for trying the nodes by hand. */
import { parseArgs } from 'node:util';
import { DEMO_TIMINGS, DEMO_VIDEOS, SIMULATOR_KEY, startSimulator } from './';

const HELP = `Usage: tsx test/tools/simulator/main.ts [options]

  --port <n>         port of the API; uploads and files take the next two (default 3100, 0 = any)
  --speed <factor>   how many times faster than the demo's timings work is done (default 1)
  --credits <n>      credits at the start (default 5916.25)
  --key <text>       the API key that is accepted (default ${SIMULATOR_KEY})
  --hmac-key <text>  signs callbacks with this webhook HMAC key
  --help             shows this
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '3100' },
			speed: { type: 'string', default: '1' },
			credits: { type: 'string', default: '5916.25' },
			key: { type: 'string', default: SIMULATOR_KEY },
			'hmac-key': { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		process.stdout.write(HELP);
		return;
	}
	const port = atLeast('port', values.port, 0);
	const speed = atLeast('speed', values.speed, 0.001);
	const simulator = await startSimulator({
		ports: port === 0 ? {} : { api: port, upload: port + 1, file: port + 2 },
		accounts: [
			{
				key: values.key,
				credits: atLeast('credits', values.credits, 0),
				webhookHmacKey: values['hmac-key'],
			},
		],
		timings: {
			generate: DEMO_TIMINGS.generate / speed,
			extend: DEMO_TIMINGS.extend / speed,
			upgrade1080p: DEMO_TIMINGS.upgrade1080p / speed,
			upgrade4k: DEMO_TIMINGS.upgrade4k / speed,
		},
		videos: DEMO_VIDEOS,
	});
	process.stdout.write(
		[
			'Kie.ai simulator',
			`  API      ${simulator.apiUrl}   (open it in a browser for its state)`,
			`  Uploads  ${simulator.uploadUrl}`,
			`  Files    ${simulator.fileUrl}`,
			`  API key  ${values.key}`,
			`  Tasks    ${simulator.taskIds.join(', ')}`,
			'Ctrl-C stops it.',
			'',
		].join('\n'),
	);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void simulator.close());
	}
}

function atLeast(name: string, value: string, min: number): number {
	const number = Number(value);
	if (value.trim() === '' || !(number >= min)) {
		throw new Error(`--${name} must be a number of at least ${min}`);
	}
	return number;
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
