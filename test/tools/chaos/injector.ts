import type { ApiName } from '../../../nodes/KieVeo/kie/api';
import type { ArmedFault, Simulator } from '../simulator';
import { CREATE_TASK } from './evidence';
import { effectOf, type FaultPlace } from './faultKinds';
import type { PlannedFault } from './plan';
import type { Order } from './workloads';

interface Target {
	host: 'api' | 'file';
	path?: string;
	/** How many requests about a video come before those that this is about. */
	before?: number;
}

const VEO_PATHS: Record<Exclude<FaultPlace, 'file'>, string> = {
	get4k: '/api/v1/veo/get-4k-video',
	get1080p: '/api/v1/veo/get-1080p-video',
	generate: '/api/v1/veo/generate',
	record: '/api/v1/veo/record-info',
};

/** An upgrade is ordered once through the jobs API; what follows are reads of its record. */
function targetOf(api: ApiName, { place, at }: Pick<PlannedFault, 'place' | 'at'>): Target {
	if (place === 'file') return { host: 'file' };
	if (api === 'veo') return { host: 'api', path: VEO_PATHS[place] };
	const isRead = place === 'record' || (place !== 'generate' && at > 0);
	if (!isRead) return { host: 'api', path: CREATE_TASK };
	return { host: 'api', path: '/api/v1/jobs/recordInfo', before: place === 'record' ? 0 : 1 };
}

/** Orders planned faults at the simulator and counts those that hit. */
export class Injector {
	private readonly armed: Array<{ name: string; fault: ArmedFault }> = [];

	constructor(
		private readonly simulator: Simulator,
		private readonly api: ApiName,
	) {}

	arm({ video, taskId, prompt }: Order): void {
		const hit = new Map<string, number>();
		for (const { kind: planned, place, at } of [...video.faults].sort((a, b) => a.at - b.at)) {
			const { before = 0, ...where } = targetOf(this.api, { place, at });
			// No record of a job shows the video that it improves.
			const kind = planned === 'base video' && this.api === 'jobs' ? 'slow answer' : planned;
			// A fault that waits for its turn does not see the requests an earlier one has hit.
			const requests = `${where.host} ${where.path ?? ''}`;
			const earlier = hit.get(requests) ?? 0;
			hit.set(requests, earlier + 1);
			const baseUrl = `${this.simulator.fileUrl}/v/${taskId}-${video.index}-base.mp4`;
			const target =
				place === 'generate'
					? { when: ({ body }: { body: unknown }) => JSON.stringify(body).includes(prompt) }
					: { taskId };
			const fault = this.simulator.fault({
				...effectOf(kind, taskId, baseUrl),
				...where,
				...target,
				skip: at - before - earlier,
			});
			this.armed.push({ name: nameOf({ kind, place }), fault });
		}
	}

	burst(code: number, requests: number): void {
		const fault = this.simulator.fault({ kind: 'status', code, host: 'api', times: requests });
		this.armed.push({ name: `burst of ${code}`, fault });
	}

	/** Requests hit so far, by kind of fault. */
	hits(): Map<string, number> {
		const hits = new Map<string, number>();
		for (const { name, fault } of this.armed) {
			if (fault.hits > 0) hits.set(name, (hits.get(name) ?? 0) + fault.hits);
		}
		return hits;
	}
}

function nameOf({ kind, place }: Pick<PlannedFault, 'kind' | 'place'>): string {
	return `${place}: ${kind}`;
}
