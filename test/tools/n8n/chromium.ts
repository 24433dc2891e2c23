import { canInstall, installWithApt, isExecutable, onPath } from './debian';
import type { Progress } from './progress';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Path of a Chromium: `$CHROMIUM_PATH`, or one on `PATH`, or a fresh install with apt-get when
 * this runs as root on Debian or Ubuntu.
 *
 * @throws Error that says what to install when there is none.
 */
export async function ensureChromium(progress: Progress): Promise<string> {
	const found = findChromium();
	if (found) return found;
	if (canInstall()) {
		await installWithApt(['chromium'], progress);
		const installed = findChromium();
		if (installed) return installed;
	}
	throw new Error(
		'No Chromium found. Install one (Debian: apt-get install chromium) ' +
			'or set CHROMIUM_PATH to the path of a Chromium or Chrome program.',
	);
}

function findChromium(): string | undefined {
	const { CHROMIUM_PATH } = process.env;
	if (CHROMIUM_PATH) {
		if (isExecutable(CHROMIUM_PATH)) return CHROMIUM_PATH;
		throw new Error(`CHROMIUM_PATH is set, but ${CHROMIUM_PATH} is not a program that can be run.`);
	}
	return PROGRAMS.map(onPath).find((path) => path !== undefined);
}
