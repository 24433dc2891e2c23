import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { IWorkflowBase } from 'n8n-workflow';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { kieCredential as simulatorCredential } from '../../spec/e2e/stage';
import { DEMO_TIMINGS, DEMO_VIDEOS, SIMULATOR_KEY, startSimulator } from '../simulator';
import { N8nClient, OWNER, type Credential } from './client';
import { describeError } from './command';
import { packageFolder } from './communityPackage';
import { createPromptTable, exampleFiles, readExample } from './examples';
import { N8n } from './n8n';
import { freePorts, isFree } from './ports';
import { webhookAddress } from './startCommand';
import { LINES, lineNamed, type N8nLine } from './versions';
import { reloadingEnvironment, watchSources } from './watch';

const HELP = `Starts n8n with this package, example workflows and a simulated Kie.ai.

  npm run demo [-- --line 1.x] [-- --port 5678] [-- --api jobs]
  npm run dev    the same; a change of nodes/ or credentials/ is loaded within seconds

--api jobs orders through Kie.ai's unified jobs API.

With the environment variable KIE_API_KEY set, the real Kie.ai is used. That costs credits.
Callbacks then need KIE_WEBHOOK_HMAC_KEY and a public address of this n8n in WEBHOOK_URL.`;

/** The one to begin with: from a prompt to a file that plays. */
const FIRST_EXAMPLE = 'prompt-to-4k-file.json';
const DEMO_HMAC_KEY = 'kie-simulator-hmac-key';

/** What to undo when the demo ends, last first. */
const cleanUps: Array<() => unknown> = [];

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			line: { type: 'string', default: LINES[0]?.name },
			port: { type: 'string', default: '5678' },
			api: { type: 'string', default: 'veo' },
			watch: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return console.log(HELP);
	const line = lineNamed(String(values.line));

	const { api } = values;
	if (api !== 'veo' && api !== 'jobs') throw new Error('--api must be veo or jobs');

	const credential = await kieCredential(api);
	const n8n = await startN8n(line, await portOrFree(Number(values.port)), values.watch);
	const client = new N8nClient(n8n.url);
	await client.signIn();
	const reference = await client.createCredential(credential);
	const table = await createPromptTable(client);
	// Seconds: the simulated Kie.ai has a video ready in four or five.
	const pollInterval = process.env.KIE_API_KEY ? undefined : 1;
	const workflows = new Map<string, IWorkflowBase>();
	for (const file of exampleFiles()) {
		const example = readExample(file, reference, { table, n8nUrl: n8n.url, pollInterval });
		const workflow = await client.createWorkflow(example);
		workflows.set(file, workflow);
		// Without the key the trigger rightly refuses to be switched on.
		const isStartedByKie = example.nodes.some(({ type }) => type.endsWith('.kieVeoTrigger'));
		if (isStartedByKie && credential.data.webhookSecret) {
			await client.activateWorkflow(workflow.id);
		}
	}

	const link = ({ id }: { id: string }) => `${n8n.url}/workflow/${id}`;
	const first = workflows.get(FIRST_EXAMPLE);
	console.log(`
n8n ${line.n8n} with n8n-nodes-kie-veo is ready.

  Start here ${first ? link(first) : n8n.url}
             Execute the workflow, then open the node "4K File" and view its file.
  Login      ${OWNER.email}
  Password   ${OWNER.password}
  Kie.ai     ${String(credential.data.baseUrl)}${process.env.KIE_API_KEY ? '  (the real one: costs credits)' : '  (simulated; open it to see requests and credits)'}

  Workflows
${[...workflows.values()].map((one) => `    ${one.name}\n      ${link(one)}`).join('\n')}

Nothing is kept when it ends. Stop it with Ctrl-C.`);
}

/** The credential to click with: the simulator's, or the user's own key for the real Kie.ai. */
async function kieCredential(api: ApiName): Promise<Credential> {
	const { KIE_API_KEY, KIE_WEBHOOK_HMAC_KEY = '' } = process.env;
	if (KIE_API_KEY) {
		const webhookSecret = KIE_WEBHOOK_HMAC_KEY;
		const data = { apiKey: KIE_API_KEY, webhookSecret, baseUrl: 'https://api.kie.ai', api };
		return { name: 'Kie.ai API', type: 'kieVeoApi', data };
	}
	const simulator = await startSimulator({
		accounts: [{ key: SIMULATOR_KEY, webhookHmacKey: DEMO_HMAC_KEY }],
		timings: DEMO_TIMINGS,
		videos: DEMO_VIDEOS,
	});
	cleanUps.push(() => simulator.close());
	return simulatorCredential(simulator, { webhookSecret: DEMO_HMAC_KEY, api });
}

/** @param watches whether n8n loads changed sources */
async function startN8n(line: N8nLine, port: number, watches: boolean): Promise<N8n> {
	const folder = mkdtempSync(join(tmpdir(), 'kie-veo-demo-'));
	cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
	console.error(`Starting n8n ${line.n8n} ...`);
	const n8n = await N8n.start({
		line: line.name,
		folder,
		port,
		env: { ...publicAddress(), ...(watches ? reloadingEnvironment(line) : {}) },
	});
	cleanUps.push(() => n8n.stop());
	if (watches) cleanUps.push(watchSources(packageFolder(n8n.userFolder)));
	return n8n;
}

/** For callbacks of the real Kie.ai. */
function publicAddress(): NodeJS.ProcessEnv {
	const { WEBHOOK_URL } = process.env;
	return WEBHOOK_URL ? webhookAddress(WEBHOOK_URL) : {};
}

async function portOrFree(wanted: number): Promise<number> {
	if (await isFree(wanted)) return wanted;
	const [port = 0] = await freePorts(1);
	console.error(`Port ${wanted} is taken; using ${port}.`);
	return port;
}

let ending = false;

async function end(exitCode: number): Promise<void> {
	if (ending) return;
	ending = true;
	for (const cleanUp of cleanUps.reverse()) await cleanUp();
	process.exit(exitCode);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.on(signal, () => {
		console.log('\nStopping ...');
		void end(0);
	});
}

main().catch(async (error: unknown) => {
	console.error(describeError(error));
	await end(1);
});
