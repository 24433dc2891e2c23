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
import type { Operation } from './scenario';
import { isBlank, isTooOld, type Ordered, type Video, type Work } from './work';
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
	/** Of the JSON body, for GET of the query. */
	fields: Fields;
	answer(request: ApiRequest): Reply;
}

/** What is ordered of a new video, in the names of neither API. */
export interface VideoOrder {
	tier: Tier;
	mode: unknown;
	duration: unknown;
	images: unknown;
	resolution: unknown;
	ratio: unknown;
}

/** Id and behaviour of the video that an order makes. */
type Next = ReturnType<World['takeNext']>;
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

export function orderVideo(
	request: ApiRequest,
	order: VideoOrder,
	takeNext: () => Next,
	job?: Job,
): Reply {
	const images = Array.isArray(order.images) ? order.images.map(String) : [];
	const fault = modeFault(order, images.length);
	if (fault !== undefined) refuse(422, fault);
	if (!images.every((image) => isFetchable(request.world, image))) refuse(400, TEXTS.imageFetch);
	takePlace(request.account);
	const { id, scenario } = takeNext();
	const resolution = (order.resolution ?? '720p') as Resolution;
	const price = generatePrice(order.tier, resolution, images.length > 0);
	const aspectRatio = order.ratio === '9:16' ? order.ratio : scenario.aspectRatio;
	return create(request, 'generate', price, { id, scenario: { ...scenario, aspectRatio } }, job);
}

/** @param original the video, if the account has it */
export function orderExtension(
	request: ApiRequest,
	original: Video,
	tier: Tier,
	takeNext: () => Next,
	job?: Job,
): Reply {
	if (isTooOld(original)) refuse(422, TEXTS.recordTooOld);
	if (original.state !== 'success') refuse(422, TEXTS.recordNotSuccess);
	const isHd = ({ operation, state }: Work) => operation === 'get1080p' && state !== 'failed';
	if (original.upgrades.some(isHd)) refuse(400, TEXTS.notExtendable);
	takePlace(request.account);
	return create(request, 'extend', EXTEND_PRICES[tier], takeNext(), job);
}

/** Starts and bills an upgrade, unless it must be refused. */
export function orderUpgrade(
	{ account, world, fields }: ApiRequest,
	video: Video,
	ordered: Pick<Ordered, 'id' | 'operation' | 'index' | 'job'> & {
		operation: 'get1080p' | 'get4k';
	},
	replaced?: Work,
): Work {
	const { operation, index } = ordered;
	const { envelope, upgrade1080p, upgrade4k } = video.scenario;
	takePlace(account);
	const { outcome, failure } = operation === 'get4k' ? upgrade4k : upgrade1080p;
	if (outcome === 'refused') refuse(failure.code, failure.msg, { submission: true }, envelope);
	const isMade = operation === 'get4k' && upgrade4k.first === 'done' && !ordered.job;
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
	const fault = isTooOld(video)
		? TEXTS.recordTooOld
		: video.state !== 'success'
			? TEXTS.recordNotSuccess
			: isBlank(video)
				? TEXTS.recordBlank
				: index >= videos
					? TEXTS.recordMissing
					: undefined;
	if (fault !== undefined) refuse(422, fault, {}, envelope);
}

/** The other id of a job, which nothing can be read by. */
export function recordIdOf(id: string): string {
	return createHash('md5').update(id).digest('hex');
}

function create(
	{ account, fields, world }: ApiRequest,
	operation: Operation,
	credits: number,
	{ id, scenario }: Next,
	job: Job,
): Reply {
	const { envelope, generation } = scenario;
	const { outcome, failure } = generation;
	if (outcome === 'refused') refuse(failure.code, failure.msg, { submission: true }, envelope);
	pay(account, { operation, taskId: id, index: 0, credits });
	const { callBackUrl, ...sent } = fields;
	world.create(
		{ api: job ? 'jobs' : 'veo', owner: account, scenario, request: job?.input ?? sent },
		{
			...{ id, operation, index: 0, job, account, charged: credits },
			callBackUrl: callBackUrl as string | undefined,
		},
	);
	const data = { taskId: id, ...(job ? { recordId: recordIdOf(id) } : {}) };
	const notes = { submission: true, creditsCharged: credits, taskId: id };
	return envelopeReply(success(data), envelope, notes);
}

/** Counts a new submission. Nothing is queued. */
function takePlace(account: Account): void {
	if (account.takePlace() > 0) refuse(429, TEXTS.rateLimit, { submission: true });
}

function pay(account: Account, entry: Parameters<Account['charge']>[0]): void {
	if (!account.charge(entry)) refuse(402, TEXTS.noCredits, { submission: true });
}

/** What does not go together in an order of a new video. */
function modeFault({ mode, tier, duration }: VideoOrder, images: number): string | undefined {
	switch (mode ?? (images === 0 ? 'TEXT_2_VIDEO' : 'FIRST_AND_LAST_FRAMES_2_VIDEO')) {
		case 'TEXT_2_VIDEO':
			return images > 0 ? 'TEXT_2_VIDEO takes no images' : undefined;
		case 'FIRST_AND_LAST_FRAMES_2_VIDEO':
			return images < 1 || images > 2 ? 'It takes 1 or 2 images' : undefined;
		default:
			if (images === 0) return 'REFERENCE_2_VIDEO needs images';
			if (tier === 'quality') return 'REFERENCE_2_VIDEO takes the Fast and Lite models';
			return (duration ?? 8) === 8 ? undefined : 'REFERENCE_2_VIDEO takes a duration of 8';
	}
}

/** Images on this simulator's file host must exist; others are believed, never fetched. */
function isFetchable({ files, uploads }: World, image: string): boolean {
	const isOurs = image.startsWith(`${files.url}/`);
	return (
		!isOurs ||
		files.taskOf(new URL(image).pathname) !== null ||
		uploads.some(({ downloadUrl }) => downloadUrl === image)
	);
}
