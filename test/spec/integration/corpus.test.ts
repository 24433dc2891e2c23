import type { INodeParameters } from 'n8n-workflow';

import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import { startSimulator, type Simulator } from '../../tools/simulator';
import { ANSWERS, VIDEO, type AnswerRow } from '../corpus/answers';
import { TEXTS, type Meanings } from '../corpus/texts';
import { useFastTime } from './fastTime';
import { runNode } from './runNode';

/*
 * Every row of the corpus once through the node, with both APIs: whether the request is sent again, and what the
 * user reads.
 */

useFastTime();

/** Where an answer comes, and how a user gets there. */
const PLACES = {
	order: {
		operation: 'generate',
		path: { veo: '/api/v1/veo/generate', jobs: '/api/v1/jobs/createTask' },
	},
	get4k: { operation: 'get4k', path: { veo: '/api/v1/veo/get-4k-video' } },
	get1080p: { operation: 'get1080p', path: { veo: '/api/v1/veo/get-1080p-video' } },
	ownRecord: {
		operation: 'generate',
		path: { veo: '/api/v1/veo/record-info', jobs: '/api/v1/jobs/recordInfo' },
	},
	record: {
		operation: 'get',
		path: { veo: '/api/v1/veo/record-info', jobs: '/api/v1/jobs/recordInfo' },
	},
	service: { operation: 'getCredits', path: { veo: '/api/v1/chat/credit' } },
} satisfies Record<
	Exclude<keyof Meanings, 'callback' | 'reason'>,
	{ operation: string; path: { [Name in ApiName]?: string } }
>;
type Place = keyof typeof PLACES;

interface Row {
	api: ApiName;
	place: Place;
	meaning: string;
	what: string;
	/** Kie's words. */
	words: string;
	answer: { body: unknown; httpStatus?: number };
}

interface Told {
	/** The item, or message and description of the error. */
	text: string;
	isError: boolean;
	/** How many times the request was sent. */
	sent: number;
}

function rowsOf(place: Place, row: Pick<Row, 'meaning' | 'what' | 'words' | 'answer'>): Row[] {
	return (Object.keys(PLACES[place].path) as ApiName[]).map((api) => ({ api, place, ...row }));
}

/** Every text as the answer to an order, where money is at stake; elsewhere one of those that mean the same. */
const OF_TEXTS = TEXTS.flatMap(({ code, text, means }, index) => {
	const isFirst = TEXTS.findIndex((other) => other.means === means) === index;
	const places = isFirst ? (Object.keys(PLACES) as Place[]) : (['order'] as const);
	return places.flatMap((place) =>
		rowsOf(place, {
			meaning: means[place],
			what: `${code} ${text}`,
			words: text,
			answer: { body: { code, msg: text, data: null } },
		}),
	);
});
const OF_ANSWERS = ANSWERS.flatMap(({ body, httpStatus, means, what, message }: AnswerRow) =>
	(Object.keys(means) as Place[]).flatMap((place) =>
		rowsOf(place, {
			meaning: String(means[place]),
			what,
			words: message ?? (typeof body === 'string' ? '' : (body as { msg: string }).msg),
			answer: { body, httpStatus },
		}),
	),
);
const ROWS = [...OF_TEXTS, ...OF_ANSWERS];

let simulator: Simulator;
const told = new Map<Row, Told>();
/** Kie's limit on submissions holds per key. */
const keyOf = (index: number) => `kie-corpus-key-${index}-`;

async function run({ api, place, answer, meaning }: Row, index: number): Promise<Told> {
	const { operation, path } = PLACES[place];
	const apiKey = keyOf(index);
	const isOurs = ({ headers }: { headers: { [name: string]: unknown } }) =>
		String(headers.authorization).endsWith(` ${apiKey}`);
	const target: string | undefined = (path as { [Name in ApiName]?: string })[api];
	simulator.fault({ kind: 'answer', ...answer, path: target, times: Infinity, when: isOurs });
	const parameters: INodeParameters = {
		resource: operation === 'getCredits' ? 'account' : 'video',
		operation,
		taskId: simulator.addVideo(),
		prompt: 'A dog playing',
		waitMode: 'poll',
		// A place in the queue after the limit takes a few seconds.
		options: { pollInterval: 1, timeout: meaning === 'rateLimit' ? 30 : 4, onTimeout: 'continue' },
	};
	const credentials = { apiKey, baseUrl: simulator.apiUrl, api };
	const found = await runNode({ parameters, credentials }).then(
		({ items }) => ({ text: JSON.stringify(items[0]?.json), isError: false }),
		({ message, description }: { message: string; description: string }) => ({
			text: `${message} ${description}`,
			isError: true,
		}),
	);
	return { ...found, sent: simulator.requests({ path: target }).filter(isOurs).length };
}

beforeAll(async () => {
	simulator = await startSimulator({
		accounts: ROWS.map((_row, index) => ({ key: keyOf(index) })),
	});
	const next = ROWS.map((row, index) => async () => void told.set(row, await run(row, index)));
	// Many at once: most of them wait.
	await Promise.all(
		Array.from({ length: 40 }, async () => {
			for (let one = next.pop(); one !== undefined; one = next.pop()) await one();
		}),
	);
}, 600_000);
afterAll(async () => await simulator.close());

/** What never costs a second try of an order, and is told by its cause. */
const REPEATED = ['rateLimit', 'maintenance'];
const PENDING = ['processing', 'unclear'];
const FAULTS = ['server', 'taskOrServer', 'unreadable'];

const of = (place: Place) =>
	ROWS.filter((row) => row.place === place).map(
		(row) => [row.api, row.what, row.meaning, row] as const,
	);
const found = (row: Row): Told => told.get(row) ?? { text: 'not run', isError: true, sent: -1 };

describe('an order', () => {
	it.each(of('order'))('(%s) answered with "%s" is %s', (_api, _what, meaning, row) => {
		const { text, isError, sent } = found(row);
		if (REPEATED.includes(meaning)) expect(sent).toBeGreaterThan(1);
		else expect(sent).toBe(1);
		if (meaning === 'created') {
			const { taskId } = (row.answer.body as { data: { taskId: string } }).data;
			expect(text).toContain(taskId);
			return;
		}
		expect(isError).toBe(true);
		expect(text.includes('may have been started and paid for')).toBe(meaning === 'lost');
		expect(text).toContain(row.words);
	});
});

describe.each(['get4k', 'get1080p'] as const)('%s', (place) => {
	it.each(of(place))('(%s) answered with "%s" is %s', (_api, _what, meaning, row) => {
		const { text, isError, sent } = found(row);
		if (meaning === 'success') {
			expect(text).toContain(VIDEO);
			expect(text).toContain('"status":"success"');
		} else if (PENDING.includes(meaning)) {
			expect(text).not.toContain(VIDEO);
			// Kie treats the repeated order as a new one, again and again.
			const isReordered = isError && text.includes('treated the status request as a new order');
			expect(isReordered || text.includes('"status":"processing"')).toBe(true);
			expect(sent).toBeGreaterThan(1);
		} else {
			expect(isError).toBe(true);
			expect(text).toContain(row.words);
			expect(sent > 1).toBe([...REPEATED, ...FAULTS].includes(meaning));
			expect(text.includes('paid for')).toBe(FAULTS.includes(meaning));
			expect(text).not.toContain('generate the video again');
		}
	});
});

describe.each(['ownRecord', 'record'] as const)('%s', (place) => {
	it.each(of(place))('(%s) answered with "%s" is %s', (_api, _what, meaning, row) => {
		const { text, isError } = found(row);
		// What was created seconds ago is not missing yet, and what one API does not know the other one may.
		if (meaning === 'unknownTask' || meaning === 'featureDisabled') return;
		if (meaning === 'success') {
			expect(text).toContain(VIDEO);
			expect(text).toContain('"status":"success"');
		} else if (PENDING.includes(meaning)) {
			expect(text).toContain('"status":"processing"');
		} else if ([...REPEATED, ...FAULTS].includes(meaning)) {
			// A fault of the service ends no wait for a paid video, unless it comes again and again.
			if (isError) expect(text).toContain(row.words);
			else expect(text).toContain('"status":"processing"');
		} else {
			expect(isError).toBe(true);
			expect(text).toContain(row.words);
		}
	});
});

describe('the balance', () => {
	it.each(of('service'))('(%s) answered with "%s" is %s', (_api, _what, meaning, row) => {
		const { text, isError, sent } = found(row);
		expect(isError).toBe(true);
		expect(text).toContain(row.words);
		expect(sent > 1).toBe([...REPEATED, ...FAULTS].includes(meaning));
	});
});
