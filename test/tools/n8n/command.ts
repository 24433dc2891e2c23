import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Progress } from './progress';

const PROGRESS_EVERY_MS = 5_000;
const TIME_LIMIT_MS = 30 * 60_000;

export interface LoggedCommand {
	command: string;
	args: readonly string[];
	cwd: string;
	env: NodeJS.ProcessEnv;
	/** What it does, in words: shown while it runs and in the error. */
	label: string;
	/** Receives the command's whole output, appended. */
	logFile: string;
	progress: Progress;
}

/**
 * Runs a command to its end, with a line of progress every five seconds.
 *
 * @throws Error with the end of the log when it fails, cannot be started or takes over 30 minutes.
 */
export async function runLogged(task: LoggedCommand): Promise<void> {
	const { command, args, cwd, env, label, logFile, progress } = task;
	const started = Date.now();
	progress(`${label} ...`);
	const ticker = setInterval(
		() => progress(`${label} ... ${seconds(Date.now() - started)}`),
		PROGRESS_EVERY_MS,
	);
	mkdirSync(dirname(logFile), { recursive: true });
	const log = openSync(logFile, 'a');
	try {
		await new Promise<void>((resolve, reject) => {
			const child = spawn(command, args, {
				cwd,
				env,
				stdio: ['ignore', log, log],
				timeout: TIME_LIMIT_MS,
			});
			child.once('error', reject);
			child.once('close', (code, signal) => {
				if (code === 0) resolve();
				else reject(new Error(signal ? `ended by ${signal}` : `exit code ${code}`));
			});
		});
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new Error(
			`${label} failed: ${reason} (${[command, ...args].join(' ')})\n` +
				`The log is ${logFile}. Its end:\n${tail(logFile, 25)}`,
		);
	} finally {
		clearInterval(ticker);
		closeSync(log);
	}
	progress(`${label}: done in ${seconds(Date.now() - started)}`);
}

/** The last lines of a text file, indented for an error message. */
export function tail(file: string, lines: number): string {
	const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
	return text
		.trimEnd()
		.split('\n')
		.slice(-lines)
		.map((line) => `  ${line}`)
		.join('\n');
}

/** A length of time for people: `7 s`, `130 s`. */
export function seconds(milliseconds: number): string {
	return `${Math.round(milliseconds / 1000)} s`;
}
