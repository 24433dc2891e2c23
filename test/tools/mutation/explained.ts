/** A change of the code that no test can notice, and why. */
export interface Explained {
	/** Name of the file, without its folders. */
	file: string;
	/** The first line of what is changed, without indentation. */
	line: string;
	/** What is changed within it, and into what; both without line breaks. */
	original: string;
	replacement: string;
	why: string;
}

export const EXPLAINED: readonly Explained[] = [
	{
		file: 'signature.ts',
		line: 'const when = age > 0 ? `${age} s old` : `${-age} s in the future`;',
		original: 'age > 0',
		replacement: 'age >= 0',
		why: 'An age of 0 is never out of tolerance, so it does not get here.',
	},
	{
		file: 'publicUrl.ts',
		line: 'if (/^\\d+\\.\\d+\\.\\d+\\.\\d+$/.test(hostname)) return isPrivateIpv4(ipv4Of(hostname));',
		original: '/^\\d+\\.\\d+\\.\\d+\\.\\d+$/',
		replacement: '/\\d+\\.\\d+\\.\\d+\\.\\d+$/',
		why: 'A host that ends in a number is an IPv4 address or no URL at all, by the URL standard.',
	},
	{
		file: 'publicUrl.ts',
		line: "['0.0.0.0', 8],",
		original: "'0.0.0.0'",
		replacement: '""',
		why: 'An empty text has the number of 0.0.0.0.',
	},
];
