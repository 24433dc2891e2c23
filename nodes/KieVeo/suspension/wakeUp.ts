import { createHmac } from 'crypto';

import { equalInConstantTime } from '../kie/meaning/constantTime';
import { isJsonObject, parseIfJson } from '../kie/meaning/guards';
import type { Look } from './schedule';
import type { SuspensionPlace } from './suspension';

/** The query parameter that makes a call of the resume address a wake-up. */
export const WAKE_UP_PARAMETER = 'kieVeoWakeUp';

/**
 * A look of ours at a suspended execution. `check` only asks whether the execution still waits.
 * Times in milliseconds since the epoch.
 */
export interface WakeUp {
	scope: Look['scope'] | 'check';
	isFinal: boolean;
	/** When it was sent. */
	at: number;
	/** When the waiting time ends. */
	deadline: number;
}

/** Milliseconds by which the clocks of two processes of one n8n may differ. */
const TOLERANCE_MS = 60_000;

/**
 * The key that proves a wake-up of one suspension. Derived from the key of callback addresses, but nothing
 * signed with it ever leaves n8n: a callback address, which Kie knows, is of no use here, nor is a wake-up
 * of another suspension.
 */
export function wakeUpKey(addressKey: Buffer, { execution, node, round }: SuspensionPlace): Buffer {
	// The colon keeps it apart from what is signed in a callback address: base64url text.
	const label = `wake-up:${JSON.stringify([execution, node, round])}`;
	return createHmac('sha256', addressKey).update(label).digest();
}

/** @param url the resume address of the suspension */
export function withWakeUp(url: string, wakeUp: WakeUp, key: Buffer): string {
	const payload = Buffer.from(JSON.stringify(wakeUp)).toString('base64url');
	const address = new URL(url);
	address.searchParams.set(WAKE_UP_PARAMETER, `${payload}.${proofOf(payload, key)}`);
	return address.href;
}

/**
 * Reads what {@link withWakeUp} added. Pure; never throws.
 *
 * @param value the query parameter as the web server parsed it
 * @param now milliseconds since the epoch: one that is old was caught and sent again
 * @returns `null` when it was not made with this key just now
 */
export function readWakeUp(value: unknown, key: Buffer, now: number): WakeUp | null {
	if (typeof value !== 'string') return null;
	const [payload = '', proof = '', ...rest] = value.split('.');
	if (rest.length > 0 || !equalInConstantTime(proof, proofOf(payload, key))) return null;
	const wakeUp = parseIfJson(Buffer.from(payload, 'base64url').toString());
	return isWakeUp(wakeUp) && Math.abs(now - wakeUp.at) <= TOLERANCE_MS ? wakeUp : null;
}

function isWakeUp(value: unknown): value is WakeUp {
	if (!isJsonObject(value)) return false;
	const { scope, isFinal, at, deadline } = value;
	const scopes: unknown[] = ['all', 'unreported', 'check'];
	const hasTimes = typeof at === 'number' && typeof deadline === 'number';
	return scopes.includes(scope) && typeof isFinal === 'boolean' && hasTimes;
}

function proofOf(payload: string, key: Buffer): string {
	return createHmac('sha256', key).update(payload).digest('base64url');
}
