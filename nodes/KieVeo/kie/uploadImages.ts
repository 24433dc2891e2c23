import { uploadRejectedError } from '../messages/errors';
import type { KieClient } from './http/client';
import type { ImageFile } from './http/multipart';
import { classifyUploadAnswer } from './meaning/fileAnswer';

/**
 * Uploads the images of one request, one after the other.
 *
 * @returns where Kie can fetch them, in the same order
 * @throws KieVeoError, CancelledError
 */
export async function uploadImages(client: KieClient, images: ImageFile[]): Promise<string[]> {
	const urls: string[] = [];
	for (const image of images) {
		const answer = await client.uploadImage(image);
		const meaning = classifyUploadAnswer(answer);
		if (meaning.kind !== 'success') throw uploadRejectedError(meaning, answer);
		urls.push(meaning.url);
	}
	return urls;
}
