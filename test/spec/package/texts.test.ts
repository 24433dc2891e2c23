import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../../..');

const WRITTEN_BY_PEOPLE = /\.(ts|mjs|js|md|yml|json)$|Dockerfile$|Caddyfile$/;
/** The first has no words of ours, the other quotes what a test looks for. */
const LEFT_OUT = [/package-lock\.json$/, /texts\.test\.ts$/];

function textOf(path: string): string {
	return readFileSync(join(ROOT, path), 'utf8');
}

/** Files with words of ours, below a folder of the repository. */
function filesIn(folder: string): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.map((path) => join(folder, path))
		.filter((path) => WRITTEN_BY_PEOPLE.test(path) && !LEFT_OUT.some((one) => one.test(path)));
}

/** What a native reader stumbles over, and what to write. */
const STUMBLES: Array<[pattern: RegExp, better: string]> = [
	// What the nodes and the credential were called; "Kie.ai's Veo 3.1 ..." is prose.
	[/Kie\.ai Veo(?! \d)/, 'Kie.ai'],
	[/\bas a rule\b/i, 'usually'],
	[/\bgo(es)? on\b(?! to\b)/i, 'continues, keeps'],
	[/(?<!\bthere )\b(is|are|was|were|be) no (?!longer\b|more\b)[a-z]+/i, 'is not a'],
	[/\b(told|tells?) of\b/i, 'reports'],
	[/\bdo(es)? not tell\b/i, 'does not say'],
	[/\bsome (minutes|seconds|hours)\b/i, 'a few'],
	[/\bso (many|often)\b(?! (that|as)\b)/i, 'this many'],
	[/, (too|as well)\b/i, 'also, or no comma'],
	[/\bbeg[ai]n again\b|\bbegun again\b/i, 'restart'],
	[/\bby chance\b/i, 'at random'],
	[/\bat hand\b/i, 'available'],
	[/\bin (the )?place of\b/i, 'instead of'],
	[/\btime-outs?\b/i, 'timeout'],
	[/\blog-ins?\b/i, 'login'],
	[/\brun-time\b/i, 'runtime, at run time'],
	[/\bmend(s|ed|ing)?\b/i, 'fix'],
	[/\banew\b/i, 'again'],
	[/\bfor want of\b/i, 'for lack of'],
	[/\b(lies?|stands?) (in|on|there|here|only|beside|between|apart)\b/i, 'is in'],
	[/\ball the same\b/i, 'anyway, still'],
	[/\b([Ss]ome|[Aa]ny)body\b/, 'someone, anyone'],
	[/\bwhoever\b/i, 'anyone who'],
	[/\bany more\b/i, 'any longer'],
	[/\blook(s|ed|ing)? after\b/i, 'watch'],
	[/\bbroken[ -]off\b|\bbreaks off\b/i, 'interrupted'],
	[/\bspeaks? (of|against)\b/i, 'is about'],
	[/\bcounts? (when|where|for|here|as|if|only)\b/i, 'applies, is used'],
	[/\bheld up\b|\bholds? up\b/i, 'delayed'],
	[/\bhands? out\b/i, 'returns'],
	[/\bof which you\b/i, 'that you'],
	[/\bin work\b/i, 'in progress'],
	[/\bsurely\b/i, 'reliably'],
	[/\b(got|gets|get) nowhere\b/i, 'did not get through'],
	[
		/\b(is|are|was|were) to (go|be|come|say|show|happen|do|take|have|put|give|get|make|stay|wait|report|call|download|send)\b/i,
		'should, must, will',
	],
];

const READ = [
	...['nodes', 'credentials', 'docs', 'examples', 'test', '.github'].flatMap(filesIn),
	...readdirSync(ROOT).filter((path) => path.endsWith('.md')),
	'package.json',
];

/** What Kie.ai says is Kie.ai's own English. */
const QUOTES_KIE = /simulator\/kieTexts\.ts$/;

describe('the words of this repository', () => {
	it.each(STUMBLES)('say it without %s: %s', (pattern) => {
		const found = READ.filter((path) => !QUOTES_KIE.test(path)).flatMap((path) =>
			textOf(path)
				.split('\n')
				.flatMap((line, index) =>
					pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [],
				),
		);
		expect(found).toStrictEqual([]);
	});
});

const README = textOf('README.md');

describe('README.md', () => {
	it('is read to its end: at most 12 kB and 160 lines', () => {
		expect(Buffer.byteLength(README)).toBeLessThanOrEqual(12_000);
		expect(README.split('\n').length).toBeLessThanOrEqual(160);
	});

	it('has no table cell of more than 120 characters', () => {
		const cells = README.split('\n')
			.filter((line) => line.startsWith('|'))
			.flatMap((line) => line.split('|').map((cell) => cell.trim()));
		expect(cells.filter((cell) => cell.length > 120)).toStrictEqual([]);
	});
});

/** As GitHub makes it from a heading. */
function anchorOf(heading: string): string {
	return heading
		.replace(/<[^>]*>|[`*_]/g, '')
		.trim()
		.toLowerCase()
		.replace(/[^\p{L}\p{N} -]/gu, '')
		.replace(/ /g, '-');
}

function anchorsOf(page: string): Set<string> {
	const text = textOf(page);
	const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
	const named = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
	return new Set([...headings, ...named]);
}

const PAGES = READ.filter((path) => path.endsWith('.md'));

describe.each(PAGES)('the links of %s', (page) => {
	const text = textOf(page).replace(/^```[\s\S]*?^```/gm, '');
	const targets = [
		...[...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
		...[...text.matchAll(/\b(?:src|srcset)="([^"]+)"/g)].map(([, target = '']) => target),
	].filter((target) => !/^https?:/.test(target));

	it('lead to files and headings that exist', () => {
		const broken = targets.filter((target) => {
			const [path = '', anchor] = target.split('#');
			const file = path === '' ? page : join(dirname(page), path);
			if (!existsSync(join(ROOT, file))) return true;
			return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
		});
		expect(broken).toStrictEqual([]);
	});
});

describe('the links of the nodes', () => {
	const PATTERN = /n8n-nodes-kie-veo(?:#|\/blob\/main\/([\w/-]+\.md)#?)([a-z0-9-]*)/g;

	it('lead to pages and headings that exist', () => {
		const links = ['nodes', 'credentials']
			.flatMap(filesIn)
			.flatMap((path) => [...textOf(path).matchAll(PATTERN)])
			.map(([, page = 'README.md', anchor = '']) => ({ page, anchor }));
		const pages = links.map(({ page }) => page);
		expect(pages).toEqual(expect.arrayContaining(['README.md', expect.stringMatching(/^docs\//)]));
		const broken = links.filter(
			({ page, anchor }) =>
				!existsSync(join(ROOT, page)) || !['', 'readme', ...anchorsOf(page)].includes(anchor),
		);
		expect(broken).toStrictEqual([]);
	});
});
