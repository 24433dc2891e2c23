/** How long Kie may still not know a task it has just created, in milliseconds. */
export const GRACE_MS = 90_000;

/** The tasks created in the last 90 seconds, by any node of this process. */
export class RecentTasks {
	/** Task id -> when, by the even clock; oldest first. */
	private readonly createdAt = new Map<string, number>();

	add(taskId: string, now: number): void {
		for (const [id, at] of this.createdAt) {
			if (now - at < GRACE_MS) break;
			this.createdAt.delete(id);
		}
		this.createdAt.set(taskId, now);
	}

	has(taskId: string, now: number): boolean {
		const at = this.createdAt.get(taskId);
		return at !== undefined && now - at < GRACE_MS;
	}
}
