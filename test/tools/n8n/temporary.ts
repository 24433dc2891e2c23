import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder below the system's folder for temporary files. The caller removes it. */
export async function temporaryFolder(): Promise<string> {
	return await mkdtemp(join(tmpdir(), 'kie-veo-'));
}
