// Runs n8n's community-package scanner on a source folder and on an unpacked tarball; its command line
// takes only packages that are already published. Prints what it found as JSON.
import {
	SOURCE_FILE_PATTERNS,
	analyzePackage,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const [source, unpacked] = process.argv.slice(2);
const legs = [
	await analyzePackage(source, SOURCE_FILE_PATTERNS),
	await analyzePackage(unpacked, ['**/*.js', 'package.json']),
];
console.log(JSON.stringify(legs));
