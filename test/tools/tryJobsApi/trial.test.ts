import { SIMULATOR_KEY, startSimulator, type Simulator } from '../simulator';
import { tryJobsApi } from './trial';

let simulator: Simulator;

beforeAll(async () => {
	simulator = await startSimulator({
		timings: { generate: 10, extend: 10, upgrade1080p: 10, upgrade4k: 10, runModel: 10 },
	});
});
beforeEach(() => simulator.reset());
afterAll(async () => await simulator.close());

/** What it says and asks. */
async function run(answer: (question: string) => boolean) {
	const lines: string[] = [];
	const questions: string[] = [];
	await tryJobsApi({
		baseUrl: simulator.apiUrl,
		apiKey: SIMULATOR_KEY,
		say: (line) => void lines.push(line),
		confirm: async (question) => {
			questions.push(question);
			return answer(question);
		},
		pollInterval: 0.02,
		timeout: 5,
	});
	return { lines, questions };
}

describe('the trial of the jobs API', () => {
	it('reads what is free, and orders nothing without a yes', async () => {
		const { lines, questions } = await run(() => false);
		expect(lines.filter((line) => line.includes('as expected'))).toHaveLength(5);
		expect(lines.join('\n')).toMatch(/\d\d models in the catalogue/);
		expect(lines.join('\n')).not.toContain('not listed');
		expect(questions).toHaveLength(2);
		expect(simulator.submissions()).toHaveLength(0);
	}, 20_000);

	it('orders one of each kind, and says what it cost', async () => {
		const { lines, questions } = await run(() => true);
		expect(questions).toHaveLength(6);
		expect(lines.filter((line) => line.includes('cost: '))).toStrictEqual([
			'  cost: 4 credits',
			'  cost: 30 credits',
			'  cost: 60 credits',
			'  cost: 5 credits',
			'  cost: 5 credits',
			'  cost: 120 credits',
		]);
		expect(lines.filter((line) => line.startsWith('  success'))).toHaveLength(6);
	}, 20_000);
});
