import { createHmac } from 'node:crypto';

/**
 * Kie's callback signature: standard Base64 of HMAC-SHA256 over `<task id>.<Unix seconds>`.
 * The body is not part of it.
 */
export function callbackSignature(key: string, taskId: string, timestamp: string): string {
	return createHmac('sha256', key).update(`${taskId}.${timestamp}`).digest('base64');
}
