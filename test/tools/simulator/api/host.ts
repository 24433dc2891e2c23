import type { ApiRoute } from './route';
import { filledText, httpUrl, isPlainObject, object, required } from './check';
import { extend, generate } from './creation';
import { NO_ACCESS, envelopeReply, failure, success } from './envelope';
import type { Incoming } from '../http/incoming';
import { CREATE_TASK, jobOf, jobRecordRoute, SCHEMA_ROUTES } from './jobs';
import { recordInfo } from './recordInfo';
import type { Reply } from '../http/reply';
import { get1080p, get4k } from './upgrades';
import type { Operation } from '../state/scenario';
import type { World } from '../state/world';

const recordInfoRoute: ApiRoute = {
	fields: object({ taskId: required(filledText) }),
	answer: ({ world, account, fields }) => {
		const taskId = String(fields.taskId);
		const form = world.tasks.find(taskId, account, 'veo')?.scenario.envelope;
		return envelopeReply(recordInfo(world, account, taskId), form);
	},
};

const credit: ApiRoute = {
	fields: object({}),
	answer: ({ account }) => envelopeReply(success(account.credits)),
};

/** Answers with the new link itself, a string, and only for files this API made. */
const downloadUrl: ApiRoute = {
	fields: object({ url: required(httpUrl) }),
	answer: ({ world, fields }) => {
		const url = new URL(String(fields.url));
		const link = url.origin === world.fileUrl ? world.files.renew(url.pathname) : undefined;
		if (link === undefined) return envelopeReply(failure(422, 'url is wrong'));
		const taskId = world.files.taskOf(url.pathname) ?? undefined;
		return { ...envelopeReply(success(world.fileUrl + link)), taskId };
	},
};

const ROUTES = new Map<string, ApiRoute>([
	['POST /api/v1/veo/generate', generate],
	['POST /api/v1/veo/extend', extend],
	['GET /api/v1/veo/record-info', recordInfoRoute],
	['GET /api/v1/veo/get-1080p-video', get1080p],
	['POST /api/v1/veo/get-4k-video', get4k],
	['GET /api/v1/jobs/recordInfo', jobRecordRoute],
	...SCHEMA_ROUTES,
	['GET /api/v1/chat/credit', credit],
	['POST /api/v1/common/download-url', downloadUrl],
]);

function routeOf({ method, path, body }: Incoming): ApiRoute | undefined {
	const name = `${method} ${path}`;
	return name === CREATE_TASK ? jobOf(body) : ROUTES.get(name);
}

/** The paid work a request asks for, or asks about by repeating it. */
export function operationOf(incoming: Incoming): Operation | null {
	return routeOf(incoming)?.operation ?? null;
}

/** Plays api.kie.ai: every error is HTTP 200 with its code in the body. */
export function answerApi(world: World, incoming: Incoming): Reply {
	const account = world.account(incoming.bearer);
	if (!account) return envelopeReply(NO_ACCESS);
	const route = routeOf(incoming);
	if (!route) {
		return envelopeReply(failure(404, `No endpoint ${incoming.method} ${incoming.path}`));
	}
	const read = incoming.method === 'GET' ? queryFields(incoming) : bodyFields(incoming);
	if (typeof read === 'string') return envelopeReply(failure(422, read));
	const problem = route.fields(read, '');
	if (problem !== undefined) return envelopeReply(failure(422, problem));
	return route.answer({ world, account, fields: read });
}

/** The fields of a JSON body, or what is wrong with it. */
function bodyFields({ contentType, body }: Incoming): Record<string, unknown> | string {
	if (contentType !== 'application/json') return 'Content-Type must be application/json';
	return isPlainObject(body) ? body : 'The request body must be a JSON object';
}

/** The query's fields; what is written as a number becomes one. */
function queryFields({ query }: Incoming): Record<string, unknown> | string {
	const fields: Record<string, unknown> = {};
	for (const [name, value] of query) {
		if (Object.hasOwn(fields, name)) return `${name} is given more than once`;
		const isNumber = name === 'index' && /^-?\d+(\.\d+)?$/.test(value);
		fields[name] = isNumber ? Number(value) : value;
	}
	return fields;
}
