import type { Simulator } from './simulator';

const SHOWN = 50;

/** A page for people: what this is, how to use it, what happened last. */
export function statusPage(simulator: Simulator): string {
	const accounts = simulator.accounts.map(
		({ key, credits }) => `<li><code>${escape(key)}</code>: ${credits} credits left</li>`,
	);
	const tasks = simulator.taskIds.map((id) => `<li><code>${escape(id)}</code></li>`);
	const rows = simulator.journal
		.slice(-SHOWN)
		.reverse()
		.map(({ at, host, method, path, taskId, httpStatus, answer, creditsCharged }) => {
			const cells = [
				new Date(at).toISOString().slice(11, 23),
				host,
				`${method} ${path}`,
				taskId ?? '',
				httpStatus ?? '-',
				codeOf(answer),
				creditsCharged || '',
			];
			return `<tr>${cells.map((cell) => `<td>${escape(String(cell))}</td>`).join('')}</tr>`;
		});
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Kie.ai simulator</title>
<link rel="icon" href="data:,">
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse } td, th { border: 1px solid #ccc; padding: .2rem .6rem; text-align: left }
</style>
</head>
<body>
<h1>Kie.ai simulator</h1>
<p>A stand-in for Kie.ai's Veo 3.1 API on this machine. Nothing here reaches Kie.ai or costs money.</p>
<ul>
<li>API (base URL of the credential): <code>${simulator.apiUrl}</code></li>
<li>Uploads: <code>${simulator.uploadUrl}</code></li>
<li>Result files: <code>${simulator.fileUrl}</code></li>
</ul>
<h2>API keys</h2>
<ul>${accounts.join('')}</ul>
<h2>Task ids</h2>
<ul>${tasks.join('')}</ul>
<h2>Last ${SHOWN} requests</h2>
<table>
<tr><th>Time (UTC)</th><th>Host</th><th>Request</th><th>Task</th><th>HTTP</th><th>Code</th><th>Credits</th></tr>
${rows.join('\n')}
</table>
</body>
</html>
`;
}

function codeOf(answer: unknown): string {
	const code = (answer as { code?: unknown } | null)?.code;
	return code === undefined ? '' : String(code);
}

function escape(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
