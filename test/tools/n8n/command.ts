/** The message and, below it, what caused it: the end of a log is often in there. */
export function describeError(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	if (error.cause === undefined) return error.message;
	return `${error.message}\n${describeError(error.cause)}`;
}

/** Runs a command of this repository. When it fails, it says why. */
export function runCommand(main: () => Promise<void>): void {
	main().catch((error: unknown) => {
		console.error(describeError(error));
		process.exitCode = 1;
	});
}
