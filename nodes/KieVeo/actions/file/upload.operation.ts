import { inputErrors } from '../../messages/input';
import { uploadRejectedError } from '../../messages/task';
import type { UploadFile } from '../../kie/http/client';
import { notice } from '../../panel';
import { itemOperation } from '../itemOperation';
import { readText, type Item } from '../parameters';

/** Puts the file of each item where Kie's models can read it. */
export const upload = itemOperation({
	fields: [
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
	begin:
		async ({ api }) =>
		(item) => {
			const file = readFile(item);
			return {
				run: async () => {
					const answer = await api.uploadFile(file);
					const { meaning } = answer;
					if (meaning.kind !== 'success') throw uploadRejectedError(meaning, answer, 'file');
					const { url: fileUrl, fileSize, expiresAt } = meaning;
					const fileName = meaning.fileName ?? file.name ?? null;
					const mimeType = meaning.mimeType ?? file.mimeType;
					return { json: { fileUrl, fileName, mimeType, fileSize, expiresAt } };
				},
			};
		},
});

function readFile(item: Item): UploadFile {
	const parameter = 'Input Data Field Name';
	const { binary, ...file } = item.file(
		parameter,
		readText(parameter, item.given('binaryPropertyName')) ?? 'data',
	);
	const name = readText('File Name', item.given('fileName'));
	if (name !== null && !/^(?!\.+$)[^/\\"\p{Cc}]{1,200}$/u.test(name))
		throw inputErrors.fileName(name);
	return {
		...file,
		...(name === null ? {} : { name }),
		// Both come from the item, and are put into the head of the request.
		mimeType: /^[\w.+-]+\/[\w.+-]+(?=;|$)/.exec(binary.mimeType)?.[0] ?? 'application/octet-stream',
		extension: file.extension.replace(/\W/g, ''),
	};
}
