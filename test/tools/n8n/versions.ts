/** A name of a supported n8n line, as people write it on a command line. */
export type LineName = '2.x' | '1.x';

/** One n8n release line this package is tested with. */
export interface N8nLine {
	name: LineName;
	/** Version of the npm package `n8n`. */
	n8n: string;
	/** Node.js version it runs on. */
	node: string;
	/** npm `overrides` without which this version does not install or start. */
	overrides?: Readonly<Record<string, string>>;
	/** n8n's Docker image, which is started instead of an installation from npm. */
	image?: string;
}

/**
 * Newest release of each line that installs from the registry alone.
 *
 * 1.x: `xlsx` is pinned to a tarball on another host, and the pinned `isolated-vm` has no build
 * for Node.js 20.
 */
const LINES_OF_RECORD: readonly N8nLine[] = [
	{ name: '2.x', n8n: '2.41.1', node: '24.21.0' },
	{
		name: '1.x',
		n8n: '1.123.81',
		node: '20.20.2',
		overrides: { xlsx: '0.18.5', 'isolated-vm': '5.0.4' },
	},
];

const IMAGE = 'docker.n8n.io/n8nio/n8n';

/** What the tests run on: the lines of record, or what `KIE_VEO_N8N` names. */
export const LINES: readonly N8nLine[] = linesToTest(process.env.KIE_VEO_N8N);

/**
 * @param wanted a version on npm, such as `1.100.1`, or a tag of n8n's image, such as
 * `image:3.0.0`, instead of the default of its line. What is newer than 2.x is driven as 2.x is.
 * @throws Error for anything else
 */
export function linesToTest(wanted: string | undefined): readonly N8nLine[] {
	if (!wanted) return LINES_OF_RECORD;
	const [, tag] = /^image:([\w.-]+)$/.exec(wanted) ?? [];
	const [major] = (tag ?? wanted).split('.');
	const isNewer = tag !== undefined && major !== '1';
	const line = LINES_OF_RECORD.find(({ name }) => name === (isNewer ? '2.x' : `${major}.x`));
	if (line && tag) return [{ ...line, n8n: tag, image: `${IMAGE}:${tag}` }];
	if (line && /^\d+\.\d+\.\d+$/.test(wanted)) return [{ ...line, n8n: wanted }];
	throw new Error(
		`KIE_VEO_N8N=${wanted} is neither a version of n8n 1.x or 2.x, such as 1.100.1, nor a tag of its image, such as image:3.0.0.`,
	);
}

/** @throws Error for a name that is not in the table. */
export function lineNamed(name: string): N8nLine {
	const line = LINES.find((candidate) => candidate.name === name);
	if (line) return line;
	throw new Error(`Unknown n8n line "${name}". Known: ${LINES.map((l) => l.name).join(', ')}.`);
}
