import type { IExecuteFunctions } from 'n8n-workflow';

import type { Connection } from '../transport/connection';
import { fileFetcher } from '../transport/fileHost';
import type { DownloadPorts } from './download';

/** Downloads into the binary data of the running execution, wherever this n8n keeps it. */
export function downloadPorts(context: IExecuteFunctions, connection: Connection): DownloadPorts {
	const { client, baseUrl, clock, signal } = connection;
	return {
		fetchFile: fileFetcher(context),
		store: async (content, fileName, mimeType) =>
			await context.helpers.prepareBinaryData(content, fileName, mimeType),
		client,
		apiBaseUrl: baseUrl,
		clock,
		signal,
	};
}
