import { judge } from '../../tools/chaos/invariants';
import { report } from '../../tools/chaos/report';
import { runChaos } from '../../tools/chaos/run';
import { LINES } from '../../tools/n8n/versions';

/** The same in every run of the suite; `npm run chaos` picks one at random. */
const SEED = 24;

const RUNS = LINES.flatMap(({ name }) =>
	(['veo', 'jobs'] as const).map((api) => [name, api] as const),
);

describe.each(RUNS)('a short run of chaos in n8n %s, API %s', (line, api) => {
	it('loses no video, pays for none twice and believes nothing forged', async () => {
		const options = { line, api, seed: SEED, videos: 40, minutes: 4 };
		const result = await runChaos(options);
		const verdicts = judge(result.evidence);
		console.log(report(options, result, verdicts));
		expect(verdicts.filter(({ offenders }) => offenders.length > 0)).toStrictEqual([]);
		// Something did go wrong.
		const { deliveries, forged, restarts, runs } = result.evidence;
		expect(result.faults.size).toBeGreaterThan(5);
		expect(restarts).toHaveLength(1);
		expect(forged.some(({ status }) => status === 401)).toBe(true);
		expect(deliveries.some(({ state }) => state === 'delivered')).toBe(true);
		expect(runs.some(({ byUser }) => byUser)).toBe(true);
	}, 300_000);
});
