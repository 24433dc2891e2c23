import {
	updateDisplayOptions,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';

import { inputErrors } from '../../messages/input';
import { Downloads, type FileOrder, type StoredFile } from '../../files/download';
import { fileNameOfUrl } from '../../files/names';
import { connect } from '../../kie/connection';
import { publicUrlFault } from '../../addresses/publicUrl';
import { binaryPropertyNameProperty, maxSizeOption } from '../descriptions';
import { runItems, stopSignals, type Work } from '../../run/itemRun';
import { addressesIn, parameterAsGiven, readDownloadSettings } from '../parameters';

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['video'], operation: ['download'] } },
	[
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://tempfile.aiquickdraw.com/v/video.mp4',
			description:
				'A result URL from Kie.ai, such as videoUrl of another operation. An expired one is renewed; Kie.ai deletes the file after 14 days.',
		},
		binaryPropertyNameProperty,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [maxSizeOption],
		},
	],
);

/** The file behind a URL. */
interface FileWork extends Work {
	order: FileOrder;
	file?: StoredFile;
}

/** Puts the file behind the URL of each item into a binary field, a few at a time. */
export async function executeDownload(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const { failFast, signal } = stopSignals(context);
	const connection = await connect(context, signal);
	const downloads = new Downloads(context, connection);

	const { items } = await runItems<FileWork>(context, failFast, {
		read: (item) => {
			const url = readUrl(context, item, connection.baseUrl);
			const { binaryPropertyName, maxBytes } = readDownloadSettings(context, item);
			const order = { url, taskId: null, name: fileNameOfUrl(url), maxBytes };
			return {
				work: { order },
				toItem: ({ file }) => toItem(url, file, binaryPropertyName, item),
			};
		},
		phases: [
			async (work) => {
				work.file = await downloads.file(work.order);
			},
		],
		errorFields: (item, reading) => ({
			url: reading ? reading.work.order.url : parameterAsGiven(context, 'url', item),
			operation: 'download',
			status: 'failed',
		}),
	});
	return items;
}

function toItem(
	url: string,
	file: StoredFile | undefined,
	binaryPropertyName: string,
	item: number,
): INodeExecutionData {
	const pairedItem = { item };
	if (!file) return { json: { url }, pairedItem };
	const { binary, fileName, mimeType, fileSize } = file;
	return {
		json: { url, fileName, mimeType, fileSize },
		binary: { [binaryPropertyName]: binary },
		pairedItem,
	};
}

function readUrl(context: IExecuteFunctions, itemIndex: number, apiBaseUrl: string): string {
	const url = oneAddress(context.getNodeParameter('url', itemIndex, ''));
	if (url === null) throw inputErrors.emptyUrl();
	const fault = publicUrlFault(url, apiBaseUrl);
	if (fault !== null) throw inputErrors.fileUrl(fault);
	return url;
}

/** A list of one address means that address; with several it is unclear which. */
function oneAddress(value: unknown): string | null {
	const addresses = addressesIn(value);
	if (addresses.length > 1) throw inputErrors.urlList(addresses.length);
	const [address = null] = addresses;
	if (address !== null && typeof address !== 'string') throw inputErrors.urlForm();
	return address;
}
