import { useAccounts } from './accounts';
import { caught, jsonOf, runOperation, type OperationRun } from './runNode';

/* Addresses at which nobody would receive what Kie.ai reports. */

const kie = useAccounts();

interface Run extends Omit<OperationRun, 'items'> {
	items?: number;
}

const run = async (callBackUrl: string, { items = 1, parameters, ...rest }: Run = {}) =>
	await runOperation(kie.credentials, {
		operation: 'generate',
		...rest,
		items: Array.from({ length: items }, () => ({ json: {} })),
		parameters: { waitMode: 'none', callBackUrl, ...parameters },
	});

const isAboutAddress = ({ message }: { message: string }) => message.includes('Callback URL');
const HOST = 'http://127.0.0.1:9';

describe('a callback URL in an execution that nobody watches', () => {
	it.each([
		[`${HOST}/webhook-test/5f1c/webhook`, 'test URL'],
		[`${HOST}//webhook/5f1c/webhook`, 'empty part'],
	])('%s gets a hint, because n8n answers 404 to it', async (url, reason) => {
		const { hints, items } = await run(url, { mode: 'webhook' });
		expect(items).toHaveLength(1);
		const texts = hints.filter(isAboutAddress).map(({ message }) => message);
		expect(texts).toStrictEqual([expect.stringContaining(reason)]);
		expect(texts[0]).toContain('404');
	});

	it.each([
		['the production URL', `${HOST}/webhook/5f1c/webhook`, {}],
		[
			'a test URL while the editor runs it',
			`${HOST}/webhook-test/5f1c/webhook`,
			{ mode: 'manual' },
		],
		[
			'a node that does not use the address',
			`${HOST}/webhook-test/5f1c/webhook`,
			{ parameters: { operation: 'get', taskId: 'veo_task_known' } },
		],
	] as const)('gets no hint for %s', async (_what, url, options) => {
		kie.simulator.addVideo({ taskId: 'veo_task_known' });
		const { hints } = await run(url, { mode: 'webhook', ...options });
		expect(hints.filter(isAboutAddress)).toStrictEqual([]);
	});
});

describe("the execution's own resume URL as callback URL", () => {
	const OWN = '={{ $execution.resumeUrl }}';
	const OTHER = 'http://127.0.0.1:5678/webhook-waiting/11?signature=s';
	// n8n 2.x signs the address: a suffix is behind the signature.
	const WITH_SUFFIX = `${OWN}/my-suffix`;

	it.each([
		['signed', OWN, false],
		['signed, with a suffix', WITH_SUFFIX, false],
		['unsigned', OWN, true],
		['unsigned, with a suffix', WITH_SUFFIX, true],
	])('is kept for one video (%s)', async (_form, url, unsigned) => {
		const { items } = await run(url, { unsigned });
		expect(items).toHaveLength(1);
		const [sent] = kie.simulator.requests({ path: '/api/v1/veo/generate' }).slice(-1);
		const { callBackUrl } = sent?.body as { callBackUrl: string };
		const form = new URL(callBackUrl);
		expect(form.pathname.startsWith('/webhook-waiting/1')).toBe(true);
		expect(form.searchParams.has('signature')).toBe(!unsigned);
		if (url === WITH_SUFFIX) expect(decodeURIComponent(callBackUrl)).toContain('/my-suffix');
	});

	it.each([
		['signed', OWN, false],
		['with a suffix', WITH_SUFFIX, true],
		['with a suffix of its own each', `${OWN}/{{ $itemIndex }}`, true],
	])('is refused for several videos before anything is paid (%s)', async (_form, url, unsigned) => {
		const error = await caught(run(url, { items: 2, unsigned }));
		expect(error.message).toContain(
			"'Callback URL' is the resume URL of this execution for 2 videos",
		);
		expect(error.description).toContain("'Wait for Callback'");
		expect(kie.simulator.paid()).toHaveLength(0);
	});

	it('is refused as an item each with "Continue on fail"', async () => {
		const result = await run(OWN, { items: 2, onError: 'continueRegularOutput' });
		expect(jsonOf(result)).toMatchObject(
			Array(2).fill({ error: expect.stringContaining('resume URL'), status: 'failed' }),
		);
	});

	it.each([
		['two items that share one upgrade', OWN, 'get4k'],
		['several videos when it resumes another execution', OTHER, 'generate'],
	])('is kept for %s', async (_what, url, operation) => {
		const taskId = kie.simulator.addVideo();
		const { items } = await run(url, { items: 2, operation, parameters: { taskId } });
		expect(items).toHaveLength(2);
	});
});
