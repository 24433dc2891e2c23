import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { itemsOf, nodeError } from '../../tools/n8n/execution';
import { LINES } from '../../tools/n8n/versions';
import { kieCredential, Stage } from './stage';
import { chain, KIE } from './workflows';
it.each(LINES.map(({ name }) => name))('1,000 items, n8n %s', async (line) => {
	const stage = await Stage.open(line);
	const known = new Set<string | null>();
	let requests = 0;
	const server = createServer((request, response) => {
		requests++;
		const id = new URL(request.url ?? '', 'http://x').searchParams.get('taskId');
		if (known.has(id)) return;
		known.add(id);
		response.setHeader('content-type', 'application/json').end(JSON.stringify({ code: 200, msg: 'success', data: { taskId: id, successFlag: 0 } }));
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const credential = await stage.client.createCredential(kieCredential(stage.simulator, { baseUrl }));
	for (const onError of ['continueRegularOutput', 'stopWorkflow'] as const) {
		known.clear(); requests = 0;
		const items = Array.from({ length: 1000 }, (_, n) => ({ taskId: `veo_task_${n}` }));
		const workflow = await stage.client.createWorkflow(chain(credential, items, { operation: 'get', waitMode: 'poll', options: { timeout: 60, pollInterval: 5 } }, { onError }));
		const since = Date.now();
		const execution = await stage.client.runToEnd(workflow.id, { timeoutMs: 300_000 });
		const seconds = (Date.now() - since) / 1000;
		const json = itemsOf(execution, KIE).map((one) => one.json);
		const ids = new Set(json.filter((one) => one.timedOut === true && one.status === 'processing').map(({ taskId }) => taskId));
		const error = nodeError(execution, KIE);
		process.stderr.write(`\nFIG n8n ${line}, ${onError}, Timeout 60: ${seconds.toFixed(0)} s, ${requests} requests, ${ids.size} items with id, error: ${error?.message ?? ''} | ${String(error?.description).length} chars\n`);
	}
	server.closeAllConnections(); server.close();
	await stage.close();
}, 900_000);
