import { inputError, show } from '../messages/errors';
import { toNumber, toText } from '../kie/meaning/guards';

/** How a file is put into an item. */
export interface DownloadSettings {
	binaryPropertyName: string;
	/** Bytes; `null` for no limit. */
	maxBytes: number | null;
}

/**
 * @param name the parameter 'Put Output File in Field'
 * @param maxSize the option 'Maximum Size', in MB
 * @throws KieVeoError naming the parameter
 */
export function checkDownloadSettings(name: unknown, maxSize: unknown): DownloadSettings {
	const binaryPropertyName = toText(name);
	if (binaryPropertyName === null) {
		throw inputError(
			'Put Output File in Field',
			'is empty',
			'Enter the name of the binary field that is to hold the file, usually data.',
		);
	}
	const megabytes = toNumber(maxSize);
	if (megabytes === null || megabytes < 0) {
		throw inputError(
			'Maximum Size',
			`must be a number of megabytes from 0 up, not ${show(maxSize)}`,
			'0 stands for no limit.',
		);
	}
	return { binaryPropertyName, maxBytes: megabytes === 0 ? null : megabytes * 1_000_000 };
}
