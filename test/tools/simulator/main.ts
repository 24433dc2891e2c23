/** Starts the simulator alone, for trying the nodes by hand. */
import { parseArgs } from 'node:util';

import { runCommand } from '../n8n/command';
import { DEMO_TIMINGS, DEMO_VIDEOS, SIMULATOR_KEY, startSimulator } from './';

const HELP = `Usage: npm run simulator [-- options]

  --port <n>         port of the API; uploads and files take the next two (default 3100)
  --hmac-key <text>  signs callbacks with this webhook HMAC key
  --help             shows this
`;

runCommand(async () => {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '3100' },
			'hmac-key': { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return console.log(HELP);
	const api = Number(values.port);
	const simulator = await startSimulator({
		ports: { api, upload: api + 1, file: api + 2 },
		accounts: [{ key: SIMULATOR_KEY, webhookHmacKey: values['hmac-key'] }],
		timings: DEMO_TIMINGS,
		videos: DEMO_VIDEOS,
	});
	console.log(`Kie.ai simulator
  API      ${simulator.apiUrl}   (open it in a browser for a status page)
  Uploads  ${simulator.uploadUrl}
  Files    ${simulator.fileUrl}
  API key  ${SIMULATOR_KEY}
  Tasks    ${simulator.taskIds.join(', ')}
Ctrl-C stops it.`);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void simulator.close());
	}
});
