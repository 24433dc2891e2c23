import {
	addressKey,
	readSubmission,
	withSubmission,
} from '../../../nodes/KieVeo/addresses/submission';
import { properties } from '../../../nodes/KieVeo/actions';
import { checkCallback } from '../../../nodes/KieVeo/kie/callback/check';
import {
	EVENTS,
	namesWith,
	operationSubtitle,
	NAMES,
	OPERATIONS,
	traitsOf,
	type CallingBack,
} from '../../../nodes/KieVeo/operations';

const KEY = addressKey('api-key');
/** The parameter 'Operation' of a resource. */
const fieldOf = (resource: string) =>
	properties.find(
		({ name, displayOptions }) =>
			name === 'operation' && displayOptions?.show?.resource?.includes(resource),
	);
const CALLING_BACK = namesWith('event') as CallingBack[];

describe('every operation of the table', () => {
	it.each(NAMES)('%s can be picked and read in the subtitle', (name) => {
		const { resource, label } = OPERATIONS[name];
		expect(fieldOf(resource)?.options).toContainEqual(
			expect.objectContaining({ name: label, value: name }),
		);
		expect(operationSubtitle()).toContain(JSON.stringify(label));
	});

	it('is in alphabetical order, as n8n wants the options of a list', () => {
		const labels = NAMES.map((name) => OPERATIONS[name].label);
		expect(labels).toStrictEqual([...labels].sort());
	});

	it.each(['video', 'task', 'file', 'account'])(
		'has one default for the resource %s',
		(resource) => {
			const defaults = NAMES.filter(
				(name) => traitsOf(name).resource === resource && traitsOf(name).isDefault,
			);
			expect(defaults).toStrictEqual([fieldOf(resource)?.default]);
		},
	);
});

describe('every operation that Kie reports', () => {
	it.each(CALLING_BACK)('%s comes back from its callback address as an event', (operation) => {
		const about = { operation, taskId: 'a', index: 0, passThrough: { order: 1 } };
		const address = new URL(withSubmission('https://n8n.example/webhook', about, KEY));
		const part = address.searchParams.get('kieVeo');
		const submission = readSubmission(part, KEY);
		expect(submission).toStrictEqual(about);

		const made = { resultUrls: ['https://a.example/1'] };
		const body = { code: 200, msg: '', data: { taskId: 'a', ...made, resultJson: made } };
		const checked = checkCallback(
			{ body, size: 0, headers: {}, submission: part },
			{ submission, signatureRequired: false, webhookSecret: null, tolerance: 0, now: 0 },
		);
		expect(checked).toMatchObject({
			kind: 'genuine',
			event: { operation, event: `${traitsOf(operation).event}.success`, submittedHere: true },
		});
	});

	it.each(CALLING_BACK)('%s has events that the trigger offers', (operation) => {
		const offered = EVENTS.map(({ value }) => value);
		for (const end of ['success', 'failed']) {
			expect(offered).toContain(`${traitsOf(operation).event}.${end}`);
		}
	});
});
