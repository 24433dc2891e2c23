import type { ArmedFault, Simulator } from '../simulator';
import { effectOf, type FaultPlace } from './faultKinds';
import type { PlannedFault } from './plan';
import type { Order } from './workloads';

const PATHS: Record<FaultPlace, { host: 'api' | 'file'; path?: string }> = {
	get4k: { host: 'api', path: '/api/v1/veo/get-4k-video' },
	get1080p: { host: 'api', path: '/api/v1/veo/get-1080p-video' },
	generate: { host: 'api', path: '/api/v1/veo/generate' },
	record: { host: 'api', path: '/api/v1/veo/record-info' },
	file: { host: 'file' },
};

/** Orders planned faults at the simulator and counts those that hit. */
export class Injector {
	private readonly armed: Array<{ name: string; fault: ArmedFault }> = [];

	constructor(private readonly simulator: Simulator) {}

	arm({ video, taskId, prompt }: Order): void {
		const before = new Map<FaultPlace, number>();
		for (const { kind, place, at } of [...video.faults].sort((a, b) => a.at - b.at)) {
			// A fault that waits for its turn does not see the requests an earlier one has hit.
			const earlier = before.get(place) ?? 0;
			before.set(place, earlier + 1);
			const baseUrl = `${this.simulator.fileUrl}/v/${taskId}-${video.index}-base.mp4`;
			const target =
				place === 'generate'
					? { when: ({ body }: { body: unknown }) => JSON.stringify(body).includes(prompt) }
					: { taskId };
			const fault = this.simulator.fault({
				...effectOf(kind, taskId, baseUrl),
				...PATHS[place],
				...target,
				skip: at - earlier,
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
