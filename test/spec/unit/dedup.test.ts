import type { IDataObject } from 'n8n-workflow';

import { deliverOnce, forgetDelivery } from '../../../nodes/KieVeo/trigger/dedup';

const NOW = 1_760_000_000;
const DAY = 24 * 60 * 60;
const accepted = async () => ({ kind: 'accepted' });
let nodes = 0;

/** A trigger node this process knows nothing about, or after a restart the same with its stored data. */
const place = (staticData: IDataObject = {}, now = NOW) => ({
	node: `n${++nodes}`,
	staticData,
	now,
});

describe('an event', () => {
	it('is delivered once', async () => {
		const here = place();
		expect(await deliverOnce(here, 'a', accepted)).toStrictEqual({ kind: 'accepted' });
		expect(await deliverOnce(here, 'a', accepted)).toBeNull();
		expect(await deliverOnce(here, 'b', accepted)).not.toBeNull();
	});

	it('is delivered again when no execution came of it', async () => {
		const here = place();
		await deliverOnce(here, 'a', accepted);
		await deliverOnce(here, 'b', accepted);
		// n8n has stored both with the second.
		const staticData = JSON.parse(JSON.stringify(here.staticData)) as IDataObject;
		forgetDelivery(here.node, 'a');
		const again = { ...here, staticData };
		expect(await deliverOnce(again, 'a', accepted)).not.toBeNull();
		expect(await deliverOnce(again, 'a', accepted)).toBeNull();
		expect(await deliverOnce(again, 'b', accepted)).toBeNull();
	});

	it('is delivered once of 20 in parallel, each with its own copy of the stored data', async () => {
		const here = place();
		const deliver = jest.fn(accepted);
		const outcomes = await Promise.all(
			Array.from({ length: 20 }, async () => {
				return await deliverOnce({ ...here, staticData: {} }, 'a', deliver);
			}),
		);
		expect(deliver).toHaveBeenCalledTimes(1);
		expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(1);
	});

	it('is not forgotten over a restart', async () => {
		const before = place();
		await deliverOnce(before, 'a', accepted);
		const stored = JSON.parse(JSON.stringify(before.staticData)) as IDataObject;
		expect(await deliverOnce(place(stored, NOW + 60), 'a', accepted)).toBeNull();
	});

	it('that is a duplicate leaves the stored data alone', async () => {
		const here = place();
		await deliverOnce(here, 'a', accepted);
		const frozen = { ...here, staticData: Object.freeze({ ...here.staticData }) };
		expect(await deliverOnce(frozen, 'a', accepted)).toBeNull();
	});

	it('that comes again while the first is being decided ends as that one, which Kie may not repeat', async () => {
		const here = place();
		const refused = async () => await Promise.resolve({ kind: 'refused' });
		const both = [deliverOnce(here, 'a', refused), deliverOnce(here, 'a', accepted)];
		expect(await Promise.all(both)).toStrictEqual([{ kind: 'refused' }, { kind: 'refused' }]);
		expect(await deliverOnce(here, 'a', accepted)).not.toBeNull();
	});

	it('is delivered again after an exception', async () => {
		const here = place();
		const fault = new Error('no credential');
		await expect(deliverOnce(here, 'a', async () => await Promise.reject(fault))).rejects.toBe(
			fault,
		);
		expect(await deliverOnce(here, 'a', accepted)).not.toBeNull();
	});

	it('is stored with the other events accepted at the same time, whichever is stored last', async () => {
		const { node } = place();
		const copies = [{}, {}] as IDataObject[];
		await Promise.all(
			copies.map(async (staticData, i) => {
				await deliverOnce({ node, staticData, now: NOW }, `event ${i}`, accepted);
			}),
		);
		for (const copy of copies) expect(Object.keys(copy.seen as object)).toHaveLength(2);
	});

	it('is forgotten after a day, and when 1000 newer ones came', async () => {
		const { node, staticData } = place();
		await deliverOnce({ node, staticData, now: NOW - DAY }, 'old', accepted);
		for (let i = 0; i < 1001; i++) {
			await deliverOnce({ node, staticData, now: NOW + i }, `event ${i}`, accepted);
		}
		expect(Object.keys(staticData.seen as object)).toHaveLength(1000);
		expect(JSON.stringify(staticData).length).toBeLessThan(40_000);
		const later = { node, staticData, now: NOW + 1001 };
		expect(await deliverOnce(later, 'old', accepted)).not.toBeNull();
		expect(await deliverOnce(later, 'event 0', accepted)).not.toBeNull();
		expect(await deliverOnce(later, 'event 1000', accepted)).toBeNull();
	});

	it('that came again after a day is as new as any', async () => {
		const { node, staticData } = place();
		await deliverOnce({ node, staticData, now: NOW - DAY }, 'again', accepted);
		const here = { node, staticData, now: NOW };
		for (let i = 0; i < 999; i++) await deliverOnce(here, `event ${i}`, accepted);
		for (const key of ['again', 'last']) await deliverOnce(here, key, accepted);
		expect(await deliverOnce(here, 'again', accepted)).toBeNull();
	});

	it('is delivered although the stored data is damaged', async () => {
		for (const seen of ['x', null, [1], { a: 'b' }]) {
			expect(await deliverOnce(place({ seen } as IDataObject), 'a', accepted)).not.toBeNull();
		}
	});
});
