import { emptyFieldNameError, maximumSizeError } from '../messages/errors';
import { toNumber, toText } from '../kie/meaning/guards';

/** How a file is put into an item. */
export interface DownloadSettings {
	binaryPropertyName: string;
	/** Maximum bytes; `null` for no limit. */
	maxBytes: number | null;
}

/**
 * @param name the parameter 'Put Output File in Field'
 * @param maxSize the option 'Maximum Size', in MB
 * @throws KieVeoError naming the parameter
 */
export function checkDownloadSettings(name: unknown, maxSize: unknown): DownloadSettings {
	const binaryPropertyName = toText(name);
	if (binaryPropertyName === null) throw emptyFieldNameError();
	const megabytes = toNumber(maxSize);
	if (megabytes === null || megabytes < 0) throw maximumSizeError(maxSize);
	return { binaryPropertyName, maxBytes: megabytes === 0 ? null : megabytes * 1_000_000 };
}
