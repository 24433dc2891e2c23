import { createHash } from 'node:crypto';
import {
	type Account,
	EXTEND_PRICES,
	generatePrice,
	type Resolution,
	type Tier,
	UPGRADE_PRICES,
} from './account';
import type { Fields } from './fields';
import { TEXTS } from './kieTexts';
import { refuse, type Reply, success } from './reply';
import type { Simulator } from './simulator';
import type { Ordered, Video, Work } from './work';

/* What an order goes through, whichever of the two APIs it comes by. */

/** A request with a good key and proper fields. */
export interface ApiRequest {
	simulator: Simulator;
	account: Account;
	/** Of the JSON body, for GET of the query. */
	fields: Record<string, unknown>;
	/** The order, where it came through the jobs API. */
	job?: Ordered['job'];
}

/** An endpoint, as far as a request can reach it. */
export interface Route {
	fields: Fields;
	answer(request: ApiRequest): Reply;
}

const TIERS = new Map<unknown, Tier>([
	['veo3', 'quality'],
	['veo3_fast', 'fast'],
	['veo3_lite', 'lite'],
]);

export function tierOf(model: unknown): Tier | undefined {
	return TIERS.get(model);
}

/** A new video, in the names of neither API. */
export function orderVideo(
	request: ApiRequest,
	tier: Tier,
	{ images: given, resolution = '720p' }: { images: unknown; resolution: unknown },
): Reply {
	const images = Array.isArray(given) ? given.map(String) : [];
	const isFetchable = images.every((image) => isThere(request.simulator, image));
	if (!isFetchable) refuse(400, TEXTS.imageFetch);
	const charged = generatePrice(tier, resolution as Resolution, images.length > 0);
	return orderTask(request, 'generate', charged);
}

export function orderExtension(request: ApiRequest, original: Video, tier: Tier): Reply {
	if (original.state !== 'success') refuse(422, TEXTS.recordNotSuccess);
	const isHd = ({ operation, state }: Work) => operation === 'get1080p' && state !== 'failed';
	if (original.upgrades.some(isHd)) refuse(400, TEXTS.notExtendable);
	return orderTask(request, 'extend', EXTEND_PRICES[tier]);
}

const ID_PREFIXES = { generate: 'veo_task', extend: 'veo_extend_task', runModel: 'task' };

/** Bills a task and starts it, unless it must be refused. */
export function orderTask(
	{ account, fields, job, simulator }: ApiRequest,
	operation: keyof typeof ID_PREFIXES,
	charged: number,
): Reply {
	takePlace(account);
	const { callBackUrl, ...sent } = fields;
	const input = job?.input ?? sent;
	const text = operation === 'runModel' ? JSON.stringify(input) : String(input.prompt);
	const { id, scenario } = simulator.takeNext(text, ID_PREFIXES[operation]);
	const { outcome, failure } = scenario.generation;
	if (outcome === 'refused') refuse(failure.code, failure.msg, { submission: true });
	pay(account, { operation, taskId: id, index: 0, credits: charged });
	const about = { api: job ? 'jobs' : 'veo', scenario, request: input } as const;
	const how = { account, callBackUrl: callBackUrl as string | undefined };
	simulator.create(about, { id, operation, index: 0, job, charged, ...how });
	const notes = { submission: true, creditsCharged: charged, taskId: id };
	return success(job ? jobIds(id) : { taskId: id }, notes);
}

/** Starts and bills an upgrade, unless it must be refused. */
export function orderUpgrade(
	{ account, simulator, fields, job }: ApiRequest,
	video: Video,
	ordered: { id: string; operation: 'get1080p' | 'get4k'; index: number },
	replaced?: Work,
): Work {
	const { operation, index } = ordered;
	const { upgrade1080p, upgrade4k } = video.scenario;
	takePlace(account);
	const { outcome, failure } = operation === 'get4k' ? upgrade4k : upgrade1080p;
	if (outcome === 'refused') refuse(failure.code, failure.msg, { submission: true });
	const isMade = operation === 'get4k' && upgrade4k.first === 'done' && !job;
	const charged = isMade ? 0 : UPGRADE_PRICES[operation];
	pay(account, { operation, taskId: video.id, index, credits: charged });
	const callBackUrl = isMade ? undefined : (fields.callBackUrl as string | undefined);
	const order = { ...ordered, job, callBackUrl, account, charged };
	const work = simulator.startUpgrade(video, order, replaced);
	if (isMade) simulator.end(work);
	return work;
}

/** Refuses what cannot be upgraded. */
export function mustBeUpgradable(video: Video, index: number): void {
	if (video.state !== 'success') refuse(422, TEXTS.recordNotSuccess);
	if (index >= video.scenario.videos) refuse(422, TEXTS.recordMissing);
}

/** What names an accepted job: the second id is one that nothing can be read by. */
export function jobIds(taskId: string): object {
	return { taskId, recordId: createHash('md5').update(taskId).digest('hex') };
}

/** Counts a new submission. Nothing is queued. */
function takePlace(account: Account): void {
	if (account.takePlace() > 0) refuse(429, TEXTS.rateLimit, { submission: true });
}

function pay(account: Account, entry: Parameters<Account['charge']>[0]): void {
	if (!account.charge(entry)) refuse(402, TEXTS.noCredits, { submission: true });
}

/** Images on this simulator's file host must exist; others are believed, never fetched. */
function isThere({ files, uploads }: Simulator, image: string): boolean {
	if (!image.startsWith(`${files.url}/`)) return true;
	const isUpload = uploads.some(({ downloadUrl }) => downloadUrl === image);
	return isUpload || files.taskOf(new URL(image).pathname) !== null;
}
