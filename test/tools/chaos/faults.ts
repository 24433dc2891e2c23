import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import type { ArmedFault, FaultEffect, JournalEntry, Simulator } from '../simulator';
import type { PlannedFault, Step } from './plan';
import type { Order } from './workloads';

/** Which requests about a video a fault can hit. */
export type FaultPlace = 'get4k' | 'get1080p' | 'generate' | 'record' | 'file';

const EFFECTS = {
	'reset before': { kind: 'reset-before' },
	/** Kie has accepted, and billed, but the answer is lost. */
	'reset after': { kind: 'reset-after' },
	'slow answer': { kind: 'slow', ms: 1500 },
	/** The node gives up after 60 s. */
	'no answer': { kind: 'slow', ms: 600_000 },
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
	'no code': { kind: 'no-code' },
	'cut transfer': { kind: 'cut-transfer' },
	'wrong length': { kind: 'wrong-length' },
	'403 of the file host': { kind: 'status', code: 403 },
	'500 of the file host': { kind: 'status', code: 500 },
} as const satisfies Record<string, FaultEffect>;

/** `base video`: accepted, answered in the shape of record-info, which shows the base video. */
export type FaultKind = keyof typeof EFFECTS | 'base video';

const LOST: readonly FaultKind[] = ['reset before', 'reset after', 'slow answer'];
const REFUSED: readonly FaultKind[] = ['429', '429 as HTTP status', '455 maintenance', '500'];
const UNUSABLE: readonly FaultKind[] = [
	'500 though accepted',
	'HTML',
	'HTML though accepted',
	'cut JSON',
	'empty though accepted',
	'no code',
];
const UPGRADE: readonly FaultKind[] = [
	...LOST,
	'no answer',
	...REFUSED,
	'503 as HTTP status',
	...UNUSABLE,
];

/** The faults a plan picks from. */
export const PLANNED_FAULTS: Record<FaultPlace, readonly FaultKind[]> = {
	get4k: [...UPGRADE, 'base video'],
	get1080p: UPGRADE,
	generate: ['reset before', 'reset after', 'reset after', 'slow answer', ...REFUSED, ...UNUSABLE],
	record: [...LOST, 'no answer', '429', '455 maintenance', 'HTML', 'cut JSON'],
	file: [
		'reset before',
		'no answer',
		'cut transfer',
		'wrong length',
		'403 of the file host',
		'500 of the file host',
	],
};

const CREATE_TASK = '/api/v1/jobs/createTask';
const RECORD_INFO = '/api/v1/jobs/recordInfo';
const VEO_PATHS: Record<Exclude<FaultPlace, 'file'>, string> = {
	get4k: '/api/v1/veo/get-4k-video',
	get1080p: '/api/v1/veo/get-1080p-video',
	generate: '/api/v1/veo/generate',
	record: '/api/v1/veo/record-info',
};

/**
 * An upgrade is ordered once through the jobs API; what follows are reads of its record.
 *
 * @returns undefined for the file host
 */
function pathOf(api: ApiName, { place, at }: PlannedFault): string | undefined {
	if (place === 'file') return undefined;
	if (api === 'veo') return VEO_PATHS[place];
	const isRead = place === 'record' || (place !== 'generate' && at > 0);
	return isRead ? RECORD_INFO : CREATE_TASK;
}

/** Orders planned faults at the simulator and counts those that hit. */
export class Injector {
	private readonly armed: Array<{ name: string; fault: ArmedFault }> = [];

	constructor(
		private readonly simulator: Simulator,
		private readonly api: ApiName,
	) {}

	arm(order: Order): void {
		const hit = new Map<string | undefined, number>();
		for (const planned of order.video.faults.toSorted((a, b) => a.at - b.at)) {
			const { place, at } = planned;
			// No record of a job shows the video that it improves.
			const isShown = planned.kind !== 'base video' || this.api === 'veo';
			const kind = isShown ? planned.kind : 'slow answer';
			const path = pathOf(this.api, planned);
			// The reads of an upgrade come after its order.
			const before = path === RECORD_INFO && place !== 'record' ? 1 : 0;
			// A fault that waits for its turn does not see the requests an earlier one has hit.
			const earlier = hit.get(path) ?? 0;
			hit.set(path, earlier + 1);
			let toPass = at - before - earlier;
			const isOwn = ({ body, taskId }: JournalEntry) =>
				place === 'generate'
					? JSON.stringify(body).includes(order.prompt)
					: taskId === order.taskId;
			const fault = this.simulator.fault({
				...this.effectOf(kind, order),
				host: path === undefined ? 'file' : 'api',
				path,
				when: (request) => isOwn(request) && toPass-- <= 0,
			});
			this.armed.push({ name: `${place}: ${kind}`, fault });
		}
	}

	burst({ host, code, requests: times }: Extract<Step, { kind: 'burst' }>): void {
		const fault = this.simulator.fault({ kind: 'status', code, host, times });
		this.armed.push({ name: `${host}: burst of ${code}`, fault });
	}

	/** Requests hit so far, by kind of fault. */
	hits(): Map<string, number> {
		const hits = new Map<string, number>();
		for (const { name, fault } of this.armed) {
			if (fault.hits > 0) hits.set(name, (hits.get(name) ?? 0) + fault.hits);
		}
		return hits;
	}

	private effectOf(kind: FaultKind, { taskId, video }: Order): FaultEffect {
		if (kind !== 'base video') return EFFECTS[kind];
		const resultUrls = [`${this.simulator.fileUrl}/v/${taskId}-${video.index}-base.mp4`];
		const response = { taskId, resultUrls, resolution: '720p' };
		const body = { code: 200, msg: 'success', data: { taskId, successFlag: 1, response } };
		return { kind: 'answer', body, processed: true };
	}
}
