import type { CallingContext, Connection } from '../kie/connection';
import { fileFetcher } from './fileHost';
import type { DownloadPorts } from './download';

/** Downloads into the binary data of the running execution, wherever this n8n keeps it. */
export function downloadPorts(context: CallingContext, connection: Connection): DownloadPorts {
	const { api, baseUrl, clock, signal } = connection;
	return {
		fetchFile: fileFetcher(context, signal),
		store: async (content, fileName, mimeType) =>
			await context.helpers.prepareBinaryData(content, fileName, mimeType),
		api,
		apiBaseUrl: baseUrl,
		clock,
		signal,
	};
}
