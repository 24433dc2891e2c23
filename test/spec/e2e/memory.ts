import { readFileSync, writeFileSync } from 'node:fs';

const MEGABYTE = 1024 * 1024;

/** Highest resident memory of a process while something is done. Linux only. */
export class MemoryWatch {
	private readonly before: number;

	/** Starts watching: the process's peak is forgotten now. */
	constructor(private readonly pid: number) {
		writeFileSync(`/proc/${pid}/clear_refs`, '5');
		this.before = this.read('VmRSS');
	}

	/** MB by which the peak since the start exceeds what was in use at the start. */
	growth(): number {
		return this.peak() - this.before / MEGABYTE;
	}

	/** Highest MB in use since the start. */
	peak(): number {
		return this.read('VmHWM') / MEGABYTE;
	}

	private read(field: 'VmRSS' | 'VmHWM'): number {
		const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
		const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
		return Number(kilobytes) * 1024;
	}
}
