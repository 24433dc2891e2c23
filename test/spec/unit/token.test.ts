import { equalInConstantTime } from '../../../nodes/KieVeo/addresses/token';

it.each<[given: string, expected: string, isEqual: boolean]>([
	['proof', 'proof', true],
	['', '', true],
	['proof', 'prooF', false],
	['proo', 'proof', false],
	['proofs', 'proof', false],
	['', 'proof', false],
	// As long in characters, not in bytes.
	['prööf', 'proof', false],
])('%j against %j is equal: %j', (given, expected, isEqual) => {
	expect(equalInConstantTime(given, expected)).toBe(isEqual);
});
