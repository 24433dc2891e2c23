import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
	readonly name: string;
	readonly folder: string;
	/** What is installed. A changed recipe means not installed. */
	readonly recipe: Readonly<Record<string, unknown>>;
}

/** Names a cache entry. Nothing is read or written. */
export function cacheEntry(name: string, recipe: CacheEntry['recipe']): CacheEntry {
	return { name, folder: join(cacheFolder(), name), recipe };
}

/** Whether the entry was installed to the end, by this very recipe, for this kind of machine. */
export function isComplete(entry: CacheEntry): boolean {
	const marker = join(entry.folder, MARKER);
	return existsSync(marker) && readFileSync(marker, 'utf8') === markerText(entry);
}

/** Marks the entry as finished. The last step of an install. */
export function markComplete(entry: CacheEntry): void {
	writeFileSync(join(entry.folder, MARKER), markerText(entry));
}

function markerText({ recipe }: CacheEntry): string {
	const platform = `${process.platform}-${process.arch}`;
	return `${JSON.stringify({ platform, recipe }, null, '\t')}\n`;
}
