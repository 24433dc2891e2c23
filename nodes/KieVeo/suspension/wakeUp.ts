import { createHmac } from 'crypto';

import { equalInConstantTime } from '../kie/meaning/constantTime';
import { isJsonObject, parseIfJson } from '../kie/meaning/guards';
import type { Check } from './schedule';
import { nameOf, type SuspensionPlace } from './suspension';

/** The query parameter that turns a call to the resume address into a wake-up. */
export const WAKE_UP_PARAMETER = 'kieVeoWakeUp';

/** `reported`: out of turn, because another process may have received callbacks that are missing here. */
export type CheckKind = Check['kind'] | 'reported';

/** Our own check of a suspended execution. */
export interface WakeUp {
	/** `ping` only asks whether the execution still waits. */
	kind: CheckKind | 'ping';
	/** When it was sent, in milliseconds since the epoch. */
	at: number;
}

/** Milliseconds by which the clocks of two processes of one n8n may differ. */
const TOLERANCE_MS = 60_000;

/**
 * The key that proves a wake-up of one suspension. Derived from the key of callback addresses, but whatever is
 * signed with it is only sent to n8n's own address: a callback address, which Kie knows, is useless here,
 * and so is a wake-up of another suspension.
 */
export function wakeUpKey(addressKey: Buffer, place: SuspensionPlace): Buffer {
	// The colon separates it from what is signed in a callback address: base64url text.
	return createHmac('sha256', addressKey)
		.update(`wake-up:${nameOf(place)}`)
		.digest();
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
 * @param now milliseconds since the epoch
 * @returns `foreign` if it was not made with this key; `old` if it was captured and sent again, or the
 * clocks differ
 */
export function readWakeUp(value: unknown, key: Buffer, now: number): WakeUp | 'foreign' | 'old' {
	if (typeof value !== 'string') return 'foreign';
	const [payload = '', proof = '', ...rest] = value.split('.');
	if (rest.length > 0 || !equalInConstantTime(proof, proofOf(payload, key))) return 'foreign';
	const wakeUp = parseIfJson(Buffer.from(payload, 'base64url').toString());
	if (!isWakeUp(wakeUp)) return 'foreign';
	return Math.abs(now - wakeUp.at) <= TOLERANCE_MS ? wakeUp : 'old';
}

const KINDS: Record<WakeUp['kind'], true> = {
	unreported: true,
	all: true,
	final: true,
	reported: true,
	ping: true,
};

function isWakeUp(value: unknown): value is WakeUp {
	if (!isJsonObject(value) || typeof value.at !== 'number') return false;
	return Object.keys(KINDS).some((kind) => kind === value.kind);
}

function proofOf(payload: string, key: Buffer): string {
	return createHmac('sha256', key).update(payload).digest('base64url');
}
