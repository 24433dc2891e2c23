/** Tries Kie.ai's unified jobs API with a real key: docs/jobs-api.md says what is not proved yet. */
import { createInterface } from 'node:readline/promises';

import { runCommand } from '../n8n/command';
import { tryJobsApi } from './trial';

const HELP = `Tries Kie.ai's unified jobs API with a real key.

  KIE_API_KEY=... npm run try-jobs-api

First it reads, free of charge, what Kie.ai says about its models, and the balance. Then it asks before each
order that costs credits: anything but "yes" leaves it out. KIE_BASE_URL sets another address.`;

async function main(): Promise<void> {
	const { KIE_API_KEY: apiKey, KIE_BASE_URL: baseUrl = 'https://api.kie.ai' } = process.env;
	if (!apiKey) return console.log(HELP);
	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	try {
		await tryJobsApi({
			baseUrl,
			apiKey,
			say: (line) => console.log(line),
			confirm: async (question) => /^yes$/i.test(await terminal.question(`${question} (yes/no) `)),
			pollInterval: 10,
			timeout: 1200,
		});
	} finally {
		terminal.close();
	}
}

runCommand(main);
