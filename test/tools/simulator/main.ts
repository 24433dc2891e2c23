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
	const text = (fallback: string) => ({ type: 'string', default: fallback }) as const;
	const { values } = parseArgs({
		options: {
			port: text('3100'),
			speed: text('1'),
			credits: text('5916.25'),
			key: text(SIMULATOR_KEY),
			'hmac-key': { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return void process.stdout.write(HELP);
	const port = atLeast('port', values.port, 0);
	const speed = atLeast('speed', values.speed, 0.001);
	const credits = atLeast('credits', values.credits, 0);
	const { key, 'hmac-key': webhookHmacKey } = values;
	const timings = Object.entries(DEMO_TIMINGS).map(([name, ms]) => [name, ms / speed]);
	const simulator = await startSimulator({
		ports: port === 0 ? {} : { api: port, upload: port + 1, file: port + 2 },
		accounts: [{ key, credits, webhookHmacKey }],
		timings: Object.fromEntries(timings) as typeof DEMO_TIMINGS,
		videos: DEMO_VIDEOS,
	});
	process.stdout.write(`Kie.ai simulator
  API      ${simulator.apiUrl}   (open it in a browser for its state)
  Uploads  ${simulator.uploadUrl}
  Files    ${simulator.fileUrl}
  API key  ${key}
  Tasks    ${simulator.taskIds.join(', ')}
Ctrl-C stops it.
`);
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
