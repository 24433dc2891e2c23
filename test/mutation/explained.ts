/** A change of the code that no test can notice, and why. */
export interface Explained {
	/** Name of the file in `nodes/KieVeo/veo/`. */
	readonly file: string;
	/** The first line of what is changed, without indentation. */
	readonly line: string;
	/** What is changed within it, and into what; both without line breaks. */
	readonly original: string;
	readonly replacement: string;
	readonly why: string;
}

export const EXPLAINED: readonly Explained[] = [];
