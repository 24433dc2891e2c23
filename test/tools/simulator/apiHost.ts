import { faultOf, unknownField, url } from './fields';
import { createTask, JOB_ROUTES } from './jobsApi';
import { TEXTS } from './kieTexts';
import { envelopeReply, refuse, type Reply, success } from './reply';
import type { Route } from './order';
import { isObject, type Operation } from './scenario';
import type { Incoming } from './server';
import { VEO_ROUTES } from './veoApi';
import type { World } from './world';

const COMMON_ROUTES: Record<string, Route> = {
	'GET /api/v1/chat/credit': {
		fields: {},
		answer: ({ account }) => envelopeReply(success(account.credits)),
	},
	/** Answers with the new link itself, a string, and only for files this API made. */
	'POST /api/v1/common/download-url': {
		fields: { required: { url } },
		answer: ({ world, fields }) => {
			const asked = new URL(String(fields.url));
			const link = world.files.renew(asked) ?? refuse(422, TEXTS.wrongUrl);
			const taskId = world.files.taskOf(asked.pathname) ?? undefined;
			return envelopeReply(success(link), {}, { taskId });
		},
	},
};

const ROUTES = new Map(Object.entries({ ...VEO_ROUTES, ...JOB_ROUTES, ...COMMON_ROUTES }));

const CREATE_TASK = '/api/v1/jobs/createTask';

function routeOf({ method, path, body }: Incoming): Route | undefined {
	return path === CREATE_TASK && method === 'POST'
		? createTask(body)
		: ROUTES.get(`${method} ${path}`);
}

/** The paid work a request asks for, or asks about by repeating it. */
export function operationOf(incoming: Incoming): Operation | null {
	return routeOf(incoming)?.operation ?? null;
}

/** Plays api.kie.ai: every error is HTTP 200 with its code in the body. */
export function answerApi(world: World, incoming: Incoming): Reply {
	const { method, path, contentType, body } = incoming;
	const account = world.account(incoming.bearer);
	// The one answer without a `data` key.
	if (!account) return envelopeReply({ code: 401, msg: TEXTS.noAccess });
	const route = routeOf(incoming) ?? refuse(404, `No endpoint ${method} ${path}`);
	if (method !== 'GET' && contentType !== 'application/json') {
		refuse(422, 'Content-Type must be application/json');
	}
	const fields = method === 'GET' ? queryFields(incoming) : body;
	const fault = faultOf(fields, route.fields);
	if (fault !== undefined || !isObject(fields)) return refuse(422, fault ?? '');
	// Jobs ignore what they do not know.
	const unknown = path === CREATE_TASK ? undefined : unknownField(fields, route.fields);
	return unknown === undefined ? route.answer({ world, account, fields }) : refuse(422, unknown);
}

/** The fields of a query; an index written as a number becomes one. */
function queryFields({ query }: Incoming): Record<string, unknown> {
	return Object.fromEntries(
		[...query].map(([name, value]) => [
			name,
			name === 'index' && /^\d+$/.test(value) ? Number(value) : value,
		]),
	);
}
