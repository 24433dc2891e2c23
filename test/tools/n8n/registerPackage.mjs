// Writes the rows of an installed community package into n8n's SQLite database.
// Usage: node registerPackage.mjs <database> <package folder>, NODE_PATH = n8n's node_modules
//
// Plain JavaScript, because it runs on the Node.js from the cache: it needs node:sqlite, which
// the Node.js that runs the tests may not have. The rows are those of n8n's own
// InstalledPackagesRepository.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { argv } from 'node:process';
import { DatabaseSync } from 'node:sqlite';

const [, , databaseFile, packageFolder] = argv;
const require = createRequire(import.meta.url);
const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));

const nodes = manifest.n8n.nodes.map((file) => {
	// n8n's rule: KieVeo.node.js exports the class KieVeo.
	const className = basename(file).split('.')[0];
	const node = new (require(join(packageFolder, file))[className])();
	const { name, displayName, version, defaultVersion } = node.description;
	const latest = node.currentVersion ?? defaultVersion ?? [version].flat().at(-1);
	return { type: `${manifest.name}.${name}`, displayName, latest };
});

const database = new DatabaseSync(databaseFile);
database.exec('PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE');
database.prepare('DELETE FROM installed_nodes WHERE package = ?').run(manifest.name);
database
	.prepare(
		`INSERT INTO installed_packages (packageName, installedVersion, authorName, authorEmail)
		VALUES (?, ?, ?, ?)
		ON CONFLICT (packageName) DO UPDATE SET
			installedVersion = excluded.installedVersion,
			authorName = excluded.authorName,
			authorEmail = excluded.authorEmail`,
	)
	.run(
		manifest.name,
		manifest.version,
		manifest.author?.name ?? null,
		manifest.author?.email ?? null,
	);
const insertNode = database.prepare(
	'INSERT INTO installed_nodes (name, type, latestVersion, package) VALUES (?, ?, ?, ?)',
);
for (const { displayName, type, latest } of nodes) {
	insertNode.run(displayName, type, latest, manifest.name);
}
database.exec('COMMIT');
database.close();
