import { addressKey, withSubmission } from '../../../nodes/KieVeo/addresses/submission';
import { makeToken } from '../../../nodes/KieVeo/addresses/token';
import type { SuspensionPlace } from '../../../nodes/KieVeo/suspension/state';
import {
	readWakeUp,
	WAKE_UP_PARAMETER,
	withWakeUp,
	type WakeUp,
} from '../../../nodes/KieVeo/suspension/watch';

const NOW = 1_700_000_000_000;
const KEY = addressKey('an API key');
const PLACE: SuspensionPlace = { execution: '7', node: 'a-node', round: 0 };
const URL_OF_N8N = 'https://n8n.example/webhook-waiting/7/kie-veo?signature=abc';
const WAKE_UP: WakeUp = { kind: 'final', at: NOW, place: PLACE };

const read = (value: unknown, now = NOW) =>
	readWakeUp(value, { addressKey: KEY, execution: PLACE.execution, now });
const valueOf = (url: string, parameter = WAKE_UP_PARAMETER) =>
	new URL(url).searchParams.get(parameter) ?? '';
const made = (changes: object = {}, key = KEY) =>
	valueOf(withWakeUp(URL_OF_N8N, { ...WAKE_UP, ...changes }, key));
const proven = made();

describe('a wake-up', () => {
	it('is read as it was sent, and leaves the address as n8n signed it', () => {
		const url = new URL(withWakeUp(URL_OF_N8N, WAKE_UP, KEY));
		expect(url.searchParams.get('signature')).toBe('abc');
		expect(url.pathname).toBe('/webhook-waiting/7/kie-veo');
		expect(read(proven)).toStrictEqual(WAKE_UP);
	});

	it.each([-60_000, 0, 60_000])('is good while the clocks differ by %i ms', (ms) => {
		expect(read(proven, NOW + ms)).toStrictEqual(WAKE_UP);
	});

	it.each([-60_001, 60_001, 3_600_000])('is old when it comes again %i ms later', (ms) => {
		expect(read(proven, NOW + ms)).toBe('old');
	});

	const submission = {
		operation: 'get4k' as const,
		taskId: 't',
		index: 0,
		waiting: { execution: '7', round: 0, item: 0 },
	};
	const ofCallback = valueOf(withSubmission(URL_OF_N8N, submission, KEY), 'kieVeo');
	const ofCallbackKey = makeToken(WAKE_UP, KEY);

	it.each<[what: string, value: unknown]>([
		["a callback address's proof", ofCallback],
		["one made with the callback addresses' key", ofCallbackKey],
		['one of another execution', made({ place: { ...PLACE, execution: '8' } })],
		['one that names no round', made({ place: { ...PLACE, round: '' } })],
		['one made with another API key', made({}, addressKey('another'))],
		['a kind that this version does not know', made({ kind: 'end' })],
		['a name of every object', made({ kind: 'toString' })],
		['no time', made({ at: null })],
	])('is not one: %s', (_what, value) => {
		expect(read(value)).toBe('foreign');
	});
});
