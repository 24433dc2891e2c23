import { isJsonObject } from '../../../nodes/KieVeo/values';
import * as is from './fields';
import { CREATE_TASK, createTask, JOB_ROUTES } from './jobsApi';
import { TEXTS } from './kieTexts';
import { ALL_MODELS, kindOf, MODELS, openapiOf, PRICES } from './models';
import type { Route } from './order';
import { jsonReply, refuse, type Reply, success } from './reply';
import type { Incoming } from './server';
import type { Simulator } from './simulator';
import { VEO_ROUTES } from './veoApi';

const COMMON_ROUTES: Record<string, Route> = {
	'GET /api/v1/chat/credit': {
		fields: {},
		answer: ({ account }) => success(account.credits),
	},
	// Answers with the new link itself, a string, and only for files this API made.
	'POST /api/v1/common/download-url': {
		fields: { url: is.url },
		answer: ({ simulator, fields }) => {
			const asked = new URL(String(fields.url));
			const link = simulator.files.renew(asked) ?? refuse(422, TEXTS.wrongUrl);
			const taskId = simulator.files.taskOf(asked.pathname) ?? undefined;
			return success(link, { taskId });
		},
	},
};

/** Kie's free catalogue: its list of models, or the schema of one. */
const CATALOGUE = /^GET \/api\/v1\/models(?:\/(.+)\/schema)?$/;

function catalogueRoute(model?: string): Route {
	return {
		fields: {},
		answer: ({ account }) => {
			if (!account.mayReadCatalogue()) refuse(429, TEXTS.tooFast);
			if (model === undefined) return success(modelList());
			if (!Object.hasOwn(ALL_MODELS, model)) refuse(404, TEXTS.unknownModel);
			const known = MODELS[model];
			return success({ model, openapi: known ? openapiOf(model, known) : null });
		},
	};
}

function modelList(): object {
	const models = Object.entries(ALL_MODELS).map(
		([model, { title, provider, taskType, pricingDesc }]) => ({
			...{ model, slug: model, title, provider, taskType, description: null },
			pricingDesc: pricingDesc ?? `${PRICES[kindOf(model)]} credits per task`,
		}),
	);
	return { total: models.length, models };
}

const ROUTES = new Map(Object.entries({ ...VEO_ROUTES, ...JOB_ROUTES, ...COMMON_ROUTES }));

function routeOf({ method, path, body }: Incoming): Route | undefined {
	const name = `${method} ${path}`;
	if (name === CREATE_TASK) return createTask(body);
	const catalogue = CATALOGUE.exec(name);
	return catalogue ? catalogueRoute(catalogue[1]) : ROUTES.get(name);
}

/** Plays api.kie.ai: every error is HTTP 200 with its code in the body. */
export function answerApi(simulator: Simulator, incoming: Incoming): Reply {
	const { method, path, contentType, query, body } = incoming;
	const account = simulator.accounts.find(({ key }) => key === incoming.bearer);
	// The one answer without a `data` key.
	if (!account) return jsonReply({ code: 401, msg: TEXTS.noAccess });
	const route = routeOf(incoming) ?? refuse(404, `No endpoint ${method} ${path}`);
	if (method !== 'GET' && contentType !== 'application/json') {
		refuse(422, 'Content-Type must be application/json');
	}
	const fields = method === 'GET' ? query : body;
	const fault = is.faultOf(fields, route.fields);
	if (fault !== undefined || !isJsonObject(fields)) return refuse(422, fault ?? '');
	// A job ignores what it does not know.
	const unknown = Object.keys(fields).find((name) => !Object.hasOwn(route.fields, name));
	if (unknown !== undefined && `${method} ${path}` !== CREATE_TASK) {
		refuse(422, `Unknown parameter: ${unknown}`);
	}
	return route.answer({ simulator, account, fields });
}
