/** Receives one line of text for a person who waits. */
export type Progress = (line: string) => void;

/** Prints to standard error, so that standard output stays free for results. */
export const printProgress: Progress = (line) => {
	console.error(line);
};
