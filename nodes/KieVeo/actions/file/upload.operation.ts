import {
	updateDisplayOptions,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
} from 'n8n-workflow';

import { notice } from '../../panel';
import { connect } from '../../kie/connection';
import type { UploadFile } from '../../kie/http/multipart';
import type { UploadMeaning } from '../../kie/meaning/answer';
import { inputErrors } from '../../messages/input';
import { uploadRejectedError } from '../../messages/task';
import { runItems, stopSignals, type Work } from '../../run/itemRun';
import { openerOf } from '../images';
import { readText } from '../parameters';

export const description: INodeProperties[] = updateDisplayOptions(
	{ show: { resource: ['file'], operation: ['upload'] } },
	[
		{
			displayName: 'Input Data Field Name',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the input binary field that holds the file',
		},
		{
			displayName: 'File Name',
			name: 'fileName',
			type: 'string',
			default: '',
			placeholder: 'e.g. first-frame.png',
			description:
				'Name of the file at Kie.ai, which replaces an older file of the same name. Leave it empty for a unique name.',
		},
		notice(
			'uploadNotice',
			'Kie.ai deletes uploaded files after about a day. Anyone who knows the URL can open it.',
		),
	],
);

/** A file that is put where Kie's models can read it. */
interface UploadWork extends Work {
	file: UploadFile;
	uploaded?: Extract<UploadMeaning, { kind: 'success' }>;
}

/** Uploads the file of each item. */
export async function executeUpload(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const { failFast, signal } = stopSignals(context);
	const { api } = await connect(context, signal);

	const { items } = await runItems<UploadWork>(context, failFast, {
		read: (item) => ({ work: { file: readFile(context, item) }, toItem }),
		phases: [
			async (work) => {
				const answer = await api.uploadFile(work.file);
				const { meaning } = answer;
				if (meaning.kind !== 'success') throw uploadRejectedError(meaning, answer, 'file');
				work.uploaded = meaning;
			},
		],
		errorFields: () => ({ operation: 'upload', status: 'failed' }),
	});
	return items;
}

function toItem({ file, uploaded }: UploadWork, item: number): INodeExecutionData {
	const pairedItem = { item };
	if (!uploaded) return { json: {}, pairedItem };
	const { url: fileUrl, fileName, mimeType, fileSize, expiresAt } = uploaded;
	const named = { fileName: fileName ?? file.name ?? null, mimeType: mimeType ?? file.mimeType };
	return { json: { fileUrl, ...named, fileSize, expiresAt }, pairedItem };
}

function readFile(context: IExecuteFunctions, itemIndex: number): UploadFile {
	const parameter = 'Input Data Field Name';
	const given = context.getNodeParameter('binaryPropertyName', itemIndex, '');
	const field = readText(parameter, given) ?? 'data';
	const binary = new Map(Object.entries(context.getInputData()[itemIndex]?.binary ?? {}));
	const data = binary.get(field);
	if (data === undefined)
		throw inputErrors.missingBinaryField(parameter, field, [...binary.keys()]);
	const name = readText('File Name', context.getNodeParameter('fileName', itemIndex, ''));
	if (name !== null && !/^(?!\.+$)[^/\\"\p{Cc}]{1,200}$/u.test(name))
		throw inputErrors.fileName(name);
	const [, ending = data.fileExtension ?? ''] = /\.(\w+)$/.exec(data.fileName ?? '') ?? [];
	return {
		...(name === null ? {} : { name }),
		// Both come from the item, and are put into the head of the request.
		mimeType: /^[\w.+-]+\/[\w.+-]+(?=;|$)/.exec(data.mimeType)?.[0] ?? 'application/octet-stream',
		extension: ending.replace(/\W/g, ''),
		identity: data.id ?? data.data,
		open: openerOf(context, data),
	};
}
