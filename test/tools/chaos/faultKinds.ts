import type { FaultEffect } from '../simulator';

/** Which requests about a video a fault can hit. */
export type FaultPlace = 'get4k' | 'get1080p' | 'generate' | 'record' | 'file';

const EFFECTS = {
	'reset before': { kind: 'reset-before' },
	/** Kie has accepted, and billed, but the answer is lost. */
	'reset after': { kind: 'reset-after' },
	'slow answer': { kind: 'slow', ms: 1500 },
	'429': { kind: 'status', code: 429 },
	'429 as HTTP status': { kind: 'status', code: 429, httpStatus: 429, retryAfter: 1 },
	'455 maintenance': { kind: 'status', code: 455 },
	'500': { kind: 'status', code: 500 },
	'503 as HTTP status': { kind: 'status', code: 503, httpStatus: 503 },
	'500 though accepted': { kind: 'status', code: 500, processed: true },
	HTML: { kind: 'html' },
	'HTML though accepted': { kind: 'html', processed: true },
	'cut JSON': { kind: 'cut-json' },
	'empty though accepted': { kind: 'empty', processed: true },
	'no code': { kind: 'envelope', code: 'absent' },
	'cut transfer': { kind: 'cut-transfer' },
	'wrong length': { kind: 'wrong-length' },
	'403 of the file host': { kind: 'status', code: 403 },
	'500 of the file host': { kind: 'status', code: 500 },
} as const satisfies Record<string, FaultEffect>;

/** `base video`: accepted, answered in the shape of record-info, which shows the base video. */
export type FaultKind = keyof typeof EFFECTS | 'base video';

const UPGRADE: readonly FaultKind[] = [
	'reset before',
	'reset after',
	'slow answer',
	'429',
	'429 as HTTP status',
	'455 maintenance',
	'500',
	'503 as HTTP status',
	'500 though accepted',
	'HTML',
	'HTML though accepted',
	'cut JSON',
	'empty though accepted',
	'no code',
];

/** The faults a plan picks from. */
export const PLANNED_FAULTS: Record<FaultPlace, readonly FaultKind[]> = {
	get4k: [...UPGRADE, 'base video'],
	get1080p: UPGRADE,
	generate: [
		'reset before',
		'reset after',
		'reset after',
		'slow answer',
		'429',
		'429 as HTTP status',
		'455 maintenance',
		'500',
		'500 though accepted',
		'HTML',
		'HTML though accepted',
		'cut JSON',
		'empty though accepted',
		'no code',
	],
	record: [
		'reset before',
		'reset after',
		'slow answer',
		'429',
		'455 maintenance',
		'HTML',
		'cut JSON',
	],
	file: [
		'reset before',
		'cut transfer',
		'wrong length',
		'403 of the file host',
		'500 of the file host',
	],
};

/** @param baseUrl address of the base video */
export function effectOf(kind: FaultKind, taskId: string, baseUrl: string): FaultEffect {
	if (kind !== 'base video') return EFFECTS[kind];
	const response = { taskId, resultUrls: [baseUrl], resolution: '720p' };
	const body = { code: 200, msg: 'success', data: { taskId, successFlag: 1, response } };
	return { kind: 'answer', body, processed: true };
}
