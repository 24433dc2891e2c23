import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Written last into an entry, so that an install that was cut off is noticed and redone. */
const MARKER = '.complete.json';

/** Folder outside the work tree that holds Node.js and n8n, one entry per version. */
export function cacheFolder(): string {
	const { KIE_VEO_CACHE, XDG_CACHE_HOME } = process.env;
	if (KIE_VEO_CACHE) return KIE_VEO_CACHE;
	return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-kie-veo');
}

/** One installed version in the cache: its folder and the package.json it was made from. */
export interface CacheEntry {
	/** Folder name and lock name, such as `n8n-2.41.1`. */
	name: string;
	folder: string;
	/** What is installed. A changed recipe means not installed. */
	recipe: Readonly<Record<string, unknown>>;
	/** Path in the folder of what it was installed for. Without that file it is not installed. */
	program?: string;
}

/** Names a cache entry. Nothing is read or written. */
export function cacheEntry(
	name: string,
	recipe: CacheEntry['recipe'],
	program?: string,
): CacheEntry {
	return { name, folder: join(cacheFolder(), name), recipe, program };
}

/** Whether the entry was installed to the end, by this very recipe, for this kind of machine. */
export function isComplete(entry: CacheEntry): boolean {
	const marker = join(entry.folder, MARKER);
	if (entry.program !== undefined && !existsSync(join(entry.folder, entry.program))) return false;
	return existsSync(marker) && readFileSync(marker, 'utf8') === markerText(entry);
}

/** Lets the entry count as not installed: the next use installs it anew. */
export function markIncomplete(entry: CacheEntry): void {
	rmSync(join(entry.folder, MARKER), { force: true });
}

/** Marks the entry as finished. The last step of an install. */
export function markComplete(entry: CacheEntry): void {
	writeFileSync(join(entry.folder, MARKER), markerText(entry));
}

function markerText({ recipe }: CacheEntry): string {
	const platform = `${process.platform}-${process.arch}`;
	return `${JSON.stringify({ platform, recipe }, null, '\t')}\n`;
}
