import * as fc from 'fast-check';

import { isPrivateHost, publicUrlFault } from '../../../nodes/KieVeo/addresses/publicUrl';

const octet = fc.nat(255);
const starting = (...first: Array<fc.Arbitrary<number>>) =>
	fc.tuple(...first, ...Array.from({ length: 4 - first.length }, () => octet));
const is = fc.constant<number>;
/** Octets of an address that is not reachable from the internet. */
const privateIpv4 = fc.oneof(
	starting(fc.constantFrom(0, 10, 127)),
	starting(is(100), fc.integer({ min: 64, max: 127 })),
	starting(is(169), is(254)),
	starting(is(172), fc.integer({ min: 16, max: 31 })),
	starting(is(192), is(168)),
	starting(is(192), is(0), fc.constantFrom(0, 2)),
	starting(is(198), fc.constantFrom(18, 19)),
	starting(is(198), is(51), is(100)),
	starting(is(203), is(0), is(113)),
	starting(fc.integer({ min: 224, max: 255 })),
);
const hex = (numbers: number[]) =>
	numbers.map((number) => number.toString(16).padStart(2, '0')).join('');
const groups = (octets: number[]) => hex(octets).replace(/^(.{4})(.{4})$/, '$1:$2');
const group = fc.nat(0xffff).map((number) => number.toString(16));

/** Every way to write an IPv4 address into an IPv6 address or a name. */
const embedded = fc.oneof(
	...['::', '::ffff:', '::ffff:0:', '64:ff9b::', '64:ff9b:1::'].map((prefix) =>
		privateIpv4.chain((octets) =>
			fc.constantFrom(`[${prefix}${groups(octets)}]`, `[${prefix}${octets.join('.')}]`),
		),
	),
	fc
		.tuple(privateIpv4, group, group)
		.map(([octets, subnet, id]) => `[2002:${groups(octets)}:${subnet}::${id}]`),
	fc
		.tuple(privateIpv4, fc.constantFrom('.', '-'), fc.constantFrom('sslip.io', 'nip.io'))
		.chain(([octets, separator, domain]) => {
			const address = octets.join(separator);
			return fc.constantFrom(`${address}.${domain}`, `n8n${separator}${address}.a.${domain}`);
		}),
	privateIpv4.map((octets) => `${Number(`0x${hex(octets)}`)}`),
	privateIpv4.map((octets) => octets.map((one) => `0x${one.toString(16)}`).join('.')),
);

describe('a private IPv4 address', () => {
	it('passes in no spelling, and in no IPv6 address or name that leads to it', () => {
		fc.assert(
			fc.property(embedded, (host) => {
				expect(publicUrlFault(`http://${host}/`, 'https://api.kie.ai')).toContain('private');
			}),
			{ numRuns: 10_000 },
		);
	});
});

describe('any host', () => {
	it('is judged without an exception', () => {
		fc.assert(
			fc.property(fc.oneof(fc.domain(), fc.ipV4Extended(), fc.string()), fc.ipV6(), (one, ipv6) => {
				for (const url of [`http://${one}/`, `http://[${ipv6}]/`]) {
					if (URL.canParse(url)) isPrivateHost(new URL(url).hostname);
					publicUrlFault(url, 'https://api.kie.ai');
				}
			}),
			{ numRuns: 5_000 },
		);
	});
});
