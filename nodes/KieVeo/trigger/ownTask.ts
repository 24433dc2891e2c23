import type { Connection } from '../kie/connection';
import type { CallbackEvent, Refusal } from '../kie/callback/check';
import { inTime } from '../kie/inTime';
import { readUpgradeJob } from '../kie/meaning/fields';
import { isJsonObject } from '../kie/meaning/guards';

/**
 * Whether a task that nobody here has heard of is the upgrade that the address was made for: Kie is asked,
 * free of charge. Kie's signature says nothing about the address, so without that anyone who has caught
 * one callback could deliver it as the result of another video.
 *
 * @returns why it is not; `null` when it is
 */
export async function ownTaskFault(
	connect: () => Promise<Pick<Connection, 'api' | 'signal'>>,
	{ isOwnTaskUnproven, operation, taskId, kieTaskId, index }: CallbackEvent,
): Promise<Refusal | null> {
	if (!isOwnTaskUnproven || kieTaskId === undefined) return null;
	const connection = await connect();
	const { api } = connection;
	const record = await inTime(connection, async () => await api.fetchRecord(kieTaskId));
	const named = JSON.stringify(kieTaskId.slice(0, 80));
	const data = isJsonObject(record?.raw) ? record.raw.data : null;
	if (!record?.isUnknown && !isJsonObject(data)) {
		return refused(503, `Kie.ai could not be asked what task ${named} is about`);
	}
	const found = readUpgradeJob(data);
	const isIt =
		found?.operation === operation && found.taskId === taskId && found.index === (index ?? 0);
	return isIt
		? null
		: refused(401, `task ${named} is not the upgrade that the address was made for`);
}

function refused(status: Refusal['status'], reason: string): Refusal {
	return { kind: 'refused', status, reason };
}
