import { publicUrlFault } from '../../addresses/publicUrl';
import { Downloads, fileNameOfUrl } from '../../files/download';
import { inputErrors } from '../../messages/input';
import { binaryPropertyNameProperty, maxSizeOption, optionsProperty } from '../../panel';
import { itemOperation } from '../itemOperation';
import { addressesIn, readDownloadSettings } from '../parameters';

/** Puts the file behind the URL of each item into a binary field, a few at a time. */
export const download = itemOperation({
	fields: [
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://tempfile.aiquickdraw.com/v/video.mp4',
			description:
				'A result URL from Kie.ai, such as videoUrl or fileUrl of another operation. An expired one is renewed; Kie.ai deletes the file after 14 days.',
		},
		binaryPropertyNameProperty,
		optionsProperty([maxSizeOption]),
	],
	begin: async (connection, context) => {
		const downloads = new Downloads(context, connection);
		return (item) => {
			const url = oneAddress(item.given('url'));
			if (url === null) throw inputErrors.emptyUrl();
			const fault = publicUrlFault(url, connection.baseUrl);
			if (fault !== null) throw inputErrors.fileUrl(fault);
			const { binaryPropertyName, maxBytes } = readDownloadSettings(item);
			const order = { url, taskId: null, name: fileNameOfUrl(url), maxBytes };
			return {
				known: { url },
				run: async () => {
					const { binary, ...file } = await downloads.file(order);
					return { json: { url, ...file }, binary: { [binaryPropertyName]: binary } };
				},
			};
		};
	},
});

/** A list of one address means that address; with several it is unclear which. */
function oneAddress(value: unknown): string | null {
	const addresses = addressesIn(value);
	if (addresses.length > 1) throw inputErrors.urlList(addresses.length);
	const [address = null] = addresses;
	if (address !== null && typeof address !== 'string') throw inputErrors.urlForm();
	return address;
}
