import { Container } from '@n8n/di';
import { mock } from 'jest-mock-extended';
import { InstanceSettings } from 'n8n-core';
import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialsHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeType,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
} from 'n8n-workflow';

import { KieVeoApi } from '../../../credentials/KieVeoApi.credentials';

Container.set(InstanceSettings, mock<InstanceSettings>({ encryptionKey: 'test' }));

/** A node of this package, by default the action node. */
export function nodeOf(differences: Partial<INode>): INode {
	return {
		id: '1',
		name: 'Kie.ai',
		type: 'n8n-nodes-kie-veo.kieVeo',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		...differences,
	};
}

/** A workflow of one node. */
export function workflowOf(
	node: INode,
	nodeType: INodeType,
	settings: IWorkflowSettings = {},
): Workflow {
	const nodeTypes = mock<INodeTypes>();
	nodeTypes.getByNameAndVersion.mockReturnValue(nodeType);
	const nodes = [node];
	return new Workflow({ id: '1', nodes, connections: {}, active: false, nodeTypes, settings });
}

/** The header, as n8n makes it from the credential type. */
function authorizationOf(data: ICredentialDataDecryptedObject): string {
	const { headers = {} } = new KieVeoApi().authenticate.properties;
	const node = nodeOf({ type: 'credential' });
	const { expression } = workflowOf(node, mock<INodeType>({ description: { properties: [] } }));
	const expressionOfHeader = String(headers.Authorization);
	const keys = { $credentials: data };
	return String(
		expression.getSimpleParameterValue(node, expressionOfHeader, 'internal', keys, undefined, ''),
	);
}

/**
 * What n8n knows around an execution. A plain object: a deep mock would answer every property with a
 * truthy function. Only the database behind credentials is replaced.
 */
export function additionalDataOf(
	credentials: ICredentialDataDecryptedObject,
	more: Partial<IWorkflowExecuteAdditionalData> = {},
): IWorkflowExecuteAdditionalData {
	const credentialsHelper = mock<ICredentialsHelper>();
	credentialsHelper.isCredentialUsableByNode.mockReturnValue(true);
	credentialsHelper.getDecrypted.mockResolvedValue(credentials);
	credentialsHelper.getParentTypes.mockReturnValue([]);
	credentialsHelper.authenticate.mockImplementation(async (data, _type, request) => ({
		...(request as IHttpRequestOptions),
		headers: { ...request.headers, Authorization: authorizationOf(data) },
	}));
	return {
		executionId: '1',
		credentialsHelper,
		webhookWaitingBaseUrl: 'http://127.0.0.1:5678/webhook-waiting',
		formWaitingBaseUrl: 'http://127.0.0.1:5678/form-waiting',
		...more,
	} as unknown as IWorkflowExecuteAdditionalData;
}
