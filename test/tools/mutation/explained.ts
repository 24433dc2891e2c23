/** A change of the code that no test can notice, and why. */
interface Explained {
	/** Name of the file, without its folders. */
	file: string;
	/** What is changed, and into what. */
	original: string;
	replacement: string;
	why: string;
}

export const EXPLAINED: readonly Explained[] = [
	{
		file: 'request.ts',
		original: 'age > 0',
		replacement: 'age >= 0',
		why: 'An age of 0 is never out of tolerance, so it does not get here.',
	},
	{
		file: 'publicUrl.ts',
		original: '/^\\d+\\.\\d+\\.\\d+\\.\\d+$/',
		replacement: '/\\d+\\.\\d+\\.\\d+\\.\\d+$/',
		why: 'A host that ends in a number is an IPv4 address or no URL at all, by the URL standard.',
	},
	{
		file: 'publicUrl.ts',
		original: "''",
		replacement: '"Stryker was here!"',
		why: 'It is only for the compiler, or stands behind the 32 digits that are compared.',
	},
	{
		file: 'files.ts',
		original: "''",
		replacement: '"Stryker was here!"',
		why: 'What is not an address is left out, whatever it is.',
	},
];
