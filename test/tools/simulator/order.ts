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
import { envelopeReply, refuse, type Reply, success } from './reply';
import type { Operation, Scenario } from './scenario';
import { isBlank, type Ordered, type Video, type Work } from './work';
import type { World } from './world';

/* What an order goes through, whichever of the two APIs it comes by. */

/** A request with a good key and proper fields. */
export interface ApiRequest {
	world: World;
	account: Account;
	/** Of the JSON body, for GET of the query. */
	fields: Record<string, unknown>;
}

/** An endpoint, as far as a request can reach it. */
export interface Route {
	/** The paid work it starts. */
	operation?: Operation;
	fields: Fields;
	answer(request: ApiRequest): Reply;
}

type Job = Ordered['job'];

/** Names of the same three tiers, as documented and as one observer found them wanted. */
const TIERS = new Map<unknown, Tier>([
	['veo3', 'quality'],
	['veo3_fast', 'fast'],
	['veo3_lite', 'lite'],
	['veo3.1', 'quality'],
	['veo3.1-fast', 'fast'],
	['veo3.1-lite', 'lite'],
]);

export function tierOf(model: unknown): Tier | undefined {
	return TIERS.get(model);
}

/** What is ordered of a new video, in the names of neither API. */
interface VideoOrder {
	prompt: unknown;
	tier: Tier;
	images: unknown;
	resolution: unknown;
	ratio: unknown;
}

export function orderVideo(request: ApiRequest, order: VideoOrder, job?: Job): Reply {
	const { world, account } = request;
	const images = Array.isArray(order.images) ? order.images.map(String) : [];
	if (!images.every((image) => isFetchable(world, image))) refuse(400, TEXTS.imageFetch);
	takePlace(account);
	const { id, scenario } = world.takeNext(String(order.prompt), job ? 'veo_job' : 'veo_task');
	const resolution = (order.resolution ?? '720p') as Resolution;
	const credits = generatePrice(order.tier, resolution, images.length > 0);
	const aspectRatio = order.ratio === '9:16' ? order.ratio : scenario.aspectRatio;
	const ordered = { id, operation: 'generate', index: 0, job, charged: credits } as const;
	return create(request, ordered, { ...scenario, aspectRatio });
}

/** A job of any other model, whose input can have any fields. */
export function orderTask(request: ApiRequest, job: NonNullable<Job>, charged: number): Reply {
	const { world, account } = request;
	takePlace(account);
	const { id, scenario } = world.takeNext(JSON.stringify(job.input), 'task');
	return create(request, { id, operation: 'runModel', index: 0, job, charged }, scenario);
}

export function orderExtension(
	request: ApiRequest,
	original: Video,
	{ prompt, tier }: Pick<VideoOrder, 'prompt' | 'tier'>,
	job?: Job,
): Reply {
	if (original.state !== 'success') refuse(422, TEXTS.recordNotSuccess);
	const isHd = ({ operation, state }: Work) => operation === 'get1080p' && state !== 'failed';
	if (original.upgrades.some(isHd)) refuse(400, TEXTS.notExtendable);
	takePlace(request.account);
	const { id, scenario } = request.world.takeNext(String(prompt), 'veo_extend_task');
	const charged = EXTEND_PRICES[tier];
	return create(request, { id, operation: 'extend', index: 0, job, charged }, scenario);
}

/** Starts and bills an upgrade, unless it must be refused. */
export function orderUpgrade(
	{ account, world, fields }: ApiRequest,
	video: Video,
	ordered: Pick<Ordered, 'id' | 'index' | 'job'> & { operation: 'get1080p' | 'get4k' },
	replaced?: Work,
): Work {
	const { operation, index, job } = ordered;
	const { envelope, upgrade1080p, upgrade4k } = video.scenario;
	takePlace(account);
	const { outcome, failure } = operation === 'get4k' ? upgrade4k : upgrade1080p;
	if (outcome === 'refused') refuse(failure.code, failure.msg, { submission: true }, envelope);
	const isMade = operation === 'get4k' && upgrade4k.first === 'done' && !job;
	const charged = isMade ? 0 : UPGRADE_PRICES[operation];
	pay(account, { operation, taskId: video.id, index, credits: charged });
	const callBackUrl = isMade ? undefined : (fields.callBackUrl as string | undefined);
	const work = world.startUpgrade(video, { ...ordered, callBackUrl, account, charged }, replaced);
	if (isMade) world.end(work);
	return work;
}

/** Refuses what cannot be upgraded. */
export function mustBeUpgradable(video: Video, index: number): void {
	const { envelope, videos } = video.scenario;
	const no = (msg: string) => refuse(422, msg, {}, envelope);
	if (video.state !== 'success') no(TEXTS.recordNotSuccess);
	if (isBlank(video)) no(TEXTS.recordBlank);
	if (index >= videos) no(TEXTS.recordMissing);
}

/** What names an accepted job: the second id is one that nothing can be read by. */
export function jobIds(taskId: string): object {
	return { taskId, recordId: createHash('md5').update(taskId).digest('hex') };
}

function create(request: ApiRequest, ordered: Ordered, scenario: Scenario): Reply {
	const { account, fields, world } = request;
	const { id, operation, charged: credits, job } = ordered;
	const { outcome, failure } = scenario.generation;
	const notes = { submission: true };
	if (outcome === 'refused') refuse(failure.code, failure.msg, notes, scenario.envelope);
	pay(account, { operation, taskId: id, index: 0, credits });
	const { callBackUrl, ...sent } = fields;
	const about = { api: job ? 'jobs' : 'veo', scenario, request: job?.input ?? sent } as const;
	const how = { account, callBackUrl: callBackUrl as string | undefined };
	world.create(about, { ...ordered, ...how });
	const data = job ? jobIds(id) : { taskId: id };
	const paid = { ...notes, creditsCharged: credits, taskId: id };
	return envelopeReply(success(data), scenario.envelope, paid);
}

/** Counts a new submission. Nothing is queued. */
function takePlace(account: Account): void {
	if (account.takePlace() > 0) refuse(429, TEXTS.rateLimit, { submission: true });
}

function pay(account: Account, entry: Parameters<Account['charge']>[0]): void {
	if (!account.charge(entry)) refuse(402, TEXTS.noCredits, { submission: true });
}

/** Images on this simulator's file host must exist; others are believed, never fetched. */
function isFetchable({ files, uploads }: World, image: string): boolean {
	if (!image.startsWith(`${files.url}/`)) return true;
	const isUpload = uploads.some(({ downloadUrl }) => downloadUrl === image);
	return isUpload || files.taskOf(new URL(image).pathname) !== null;
}
