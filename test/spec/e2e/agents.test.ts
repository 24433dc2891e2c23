import type { CredentialReference, WorkflowDefinition } from '../../tools/n8n/client';
import { readExample } from '../../tools/n8n/examples';
import { itemsOf } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { filmMaker, ModelServer } from '../../tools/model/server';
import { until } from '../../tools/simulator/testing';
import { Stage } from './stage';
import { connect, ITEMS, kieTool, node, RUN_MODEL } from './workflows';

const AGENT = 'AI Agent';
const MODEL = 'Chat Model';
const MODEL_TYPE = '@n8n/n8n-nodes-langchain.lmChatOpenAi';
/** n8n does not take a yes from a program that looks like a mail scanner. */
const A_PERSON = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36' };
const SCENES = 'idea-to-scenes-of-a-film.json';
const ASKING = 'agent-asks-before-it-spends.json';

/** An agent with the tools Generate, which does not wait, Get, and Draw. */
const agentWorkflow = (
	line: string,
	kieVeoApi: CredentialReference,
	openAiApi: CredentialReference,
): WorkflowDefinition => ({
	name: 'Film agent',
	nodes: [
		node(ITEMS, 'n8n-nodes-base.manualTrigger', 1, {}),
		// What a new node is: 2.x uses OpenAI's responses, 1.x its chat completions.
		node(AGENT, '@n8n/n8n-nodes-langchain.agent', line === '1.x' ? 2 : 3.1, {
			promptType: 'define',
			text: 'Make a film of a dog',
			options: { enableStreaming: false },
		}),
		{
			...node(MODEL, MODEL_TYPE, line === '1.x' ? 1.2 : 1.3, {
				model: { __rl: true, mode: 'id', value: 'stand-in' },
			}),
			credentials: { openAiApi },
		},
		kieTool('Generate', kieVeoApi, {
			operation: 'generate',
			prompt: "={{ $fromAI('Prompt', ``, 'string') }}",
			waitMode: 'none',
		}),
		kieTool('Get', kieVeoApi, {
			operation: 'get',
			taskId: "={{ $fromAI('Task_ID', ``, 'string') }}",
			waitMode: 'poll',
			options: { pollInterval: 1 },
		}),
		kieTool('Draw', kieVeoApi, {
			...RUN_MODEL,
			inputJson: "={{ { prompt: $fromAI('Prompt', ``, 'string') } }}",
			waitMode: 'poll',
			options: { pollInterval: 1 },
		}),
	],
	connections: {
		...connect(ITEMS, AGENT),
		...connect(MODEL, AGENT, 'ai_languageModel'),
		...connect('Generate', AGENT, 'ai_tool'),
		...connect('Get', AGENT, 'ai_tool'),
		...connect('Draw', AGENT, 'ai_tool'),
	},
	// As in every workflow of the editor. In the old order 2.x answers the model before the tool has run.
	settings: { executionOrder: 'v1' },
});

describe.each(LINES.map(({ name }) => name))('an AI agent in n8n %s', (line) => {
	let stage: Stage;
	let model: ModelServer;
	/** The tool that the model begins with. */
	let first: string;
	let modelCredential: CredentialReference;
	let active: string | undefined;

	beforeAll(async () => {
		stage = await Stage.open(line);
	}, 600_000);
	beforeEach(async () => {
		stage.simulator.reset();
		first = 'Generate';
		model = await ModelServer.start((turn) => filmMaker(first)(turn));
		modelCredential = await stage.client.createCredential({
			name: 'A model',
			type: 'openAiApi',
			data: { apiKey: 'sk-stand-in', url: model.url },
		});
	});
	afterEach(async () => {
		await model.close();
		if (active) await stage.client.deactivateWorkflow(active);
		active = undefined;
	});
	afterAll(async () => await stage.close());

	it.each([
		['video', 'Generate'],
		['picture', 'Draw'],
	])('gets a finished %s with one paid request', async (_what, tool) => {
		first = tool;
		const { client, credential } = stage;
		const { id } = await client.createWorkflow(agentWorkflow(line, credential, modelCredential));
		const execution = await client.runToEnd(id, { timeoutMs: 60_000 });
		expect(execution.error).toBeUndefined();
		expect(itemsOf(execution, AGENT)[0]?.json.output).toMatch(/^It is at http/);
		expect(stage.simulator.paid()).toHaveLength(1);
		// It is told what costs credits, and what the next step is.
		const { tools } = model.turns[0] ?? {};
		expect(tools?.get('Generate')?.description).toMatch(/Costs credits: call it once per video/);
		expect(tools?.get('Get')?.description).toMatch(/Costs nothing\. .+ask again later/);
		expect(tools?.get('Draw')?.description).toMatch(/Costs credits: call it once per result/);
	});

	/** Served until the end of the test. */
	const activate = async (workflow: WorkflowDefinition): Promise<string> => {
		active = (await stage.client.createWorkflow(workflow)).id;
		await stage.client.activateWorkflow(active);
		return active;
	};

	it('writes the scenes of a film, and loses no clip to the one that fails', async () => {
		const { client, simulator, n8n, credential } = stage;
		const scenes = ['One', 'Two', 'Three'].map((prompt) => ({ prompt }));
		const writer = await ModelServer.start(() => ({ say: JSON.stringify({ output: { scenes } }) }));
		const data = { apiKey: 'sk-stand-in', url: writer.url };
		const openAiApi = await client.createCredential({ name: 'Writer', type: 'openAiApi', data });
		const refusal = { generation: { outcome: 'failure' } } as const;
		simulator.nextTask({ taskId: 'veo_scene_2', prompt: 'Two', ...refusal });
		const example = readExample(SCENES, credential, { pollInterval: 1 });
		const nodes = example.nodes.map((one) =>
			one.type === MODEL_TYPE ? { ...one, credentials: { openAiApi } } : one,
		);
		const id = await activate({ ...example, nodes });

		const form = new FormData();
		form.set('field-0', 'A dog finds its way home');
		form.set('field-1', '3');
		await fetch(`${n8n.url}/form/kie-veo-film-example`, { method: 'POST', body: form });
		const [started] = await client.listExecutions(id);
		const execution = await client.waitForExecution(String(started?.id));
		await writer.close();
		const clip = (scene: number) => ({ scene, videoUrl: expect.stringContaining('.mp4') });
		expect(itemsOf(execution, 'Clips in Order').map(({ json }) => json)).toMatchObject([
			{ clips: [clip(1), clip(3)] },
		]);
		expect(itemsOf(execution, 'Missing Scenes').map(({ json }) => json)).toMatchObject([
			{ scene: 2, prompt: 'Two', status: 'failed', taskId: 'veo_scene_2' },
		]);
		expect(simulator.paid()).toHaveLength(3);
	});

	if (line === '1.x') return;

	/** The example, with an address at which the test is the person in the chat. */
	const askingWorkflow = (): WorkflowDefinition => {
		const example = readExample(ASKING, stage.credential, { pollInterval: 1 });
		const nodes = example.nodes.map((one) => {
			if (one.type === MODEL_TYPE) return { ...one, credentials: { openAiApi: modelCredential } };
			if (one.name !== 'Chat') return one;
			return { ...one, parameters: { ...one.parameters, public: true } };
		});
		return { ...example, nodes };
	};

	it.each([
		['yes', 'Generate', '0.30', ['/api/v1/veo/generate']],
		['no', 'Generate', '0.30', []],
		['yes', 'Draw', '0.02', ['/api/v1/jobs/createTask']],
		['no', 'Draw', '0.02', []],
	])('asks a person first, whose %s to %s for %s USD pays for %j', async (...row) => {
		const [answer, tool, price, paid] = row;
		first = tool;
		const { client, simulator, n8n } = stage;
		const id = await activate(askingWorkflow());
		await fetch(`${n8n.url}/webhook/kie-veo-agent-example/chat`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({
				action: 'sendMessage',
				sessionId: `${answer} ${tool}`,
				chatInput: 'A dog',
			}),
		});
		const [started] = await client.listExecutions(id);
		const asked = await client.waitForExecution(String(started?.id), { until: 'waiting' });
		expect(simulator.paid()).toHaveLength(0);
		expect(JSON.stringify(asked.data)).toContain(`${price} USD.\\n\\nA dog in a park`);

		const links =
			JSON.stringify(asked.data).match(/http[^"\\]*approved=(true|false)[^"\\]*/g) ?? [];
		const link = links.find((one) => one.includes(`approved=${answer === 'yes'}`));
		await fetch(String(link), { headers: A_PERSON });
		const end = answer === 'yes' ? /^It is at http/ : /^There is none/;
		await until(
			() => model.said,
			(said) => said.some((one) => end.test(one)),
			60_000,
		);
		expect(simulator.paid().map(({ path }) => path)).toStrictEqual(paid);
	});
});
