import { startSimulator, type Simulator, type SimulatorOptions } from '../../tools/simulator';
import type { AccountOptions } from '../../tools/simulator/account';

const TESTS = 200;

/**
 * A simulated Kie.ai for a test file, with an account for each test: Kie's limit on submissions holds per
 * account, and would slow the tests down. To be called at the top of a file.
 *
 * @param account what all accounts have besides their keys
 */
export function useAccounts(account: Partial<AccountOptions> = {}, options: SimulatorOptions = {}) {
	const keys = Array.from({ length: TESTS }, (_, index) => `kie-simulator-key-${index}`);
	let simulator: Simulator | undefined;
	let test = 0;

	beforeAll(async () => {
		const accounts = keys.map((key) => ({ ...account, key }));
		simulator = await startSimulator({ ...options, accounts });
	});
	beforeEach(() => {
		simulator?.reset();
		test++;
	});
	afterAll(async () => await simulator?.close());

	return {
		get simulator(): Simulator {
			if (!simulator) throw new Error('The simulator has not started yet');
			return simulator;
		},
		/** The credential of the test that runs. */
		get credentials() {
			const apiKey = keys[test];
			if (apiKey === undefined) throw new Error(`More than ${TESTS} tests in one file`);
			const { apiUrl, uploadUrl } = this.simulator;
			return { apiKey, baseUrl: apiUrl, uploadBaseUrl: uploadUrl };
		},
	};
}
