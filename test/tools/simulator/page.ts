import type { Simulator } from './simulator';

const SHOWN = 50;

/** A page for people: what this is, how to use it, what happened last. */
export function statusPage({ apiUrl, uploadUrl, fileUrl, accounts, taskIds, journal }: Simulator) {
	const item = (text: string, more = '') => `<li><code>${escape(text)}</code>${more}</li>`;
	const rows = journal
		.slice(-SHOWN)
		.reverse()
		.map(({ at, host, method, path, taskId, httpStatus, answer, creditsCharged }) =>
			row('td', [
				new Date(at).toISOString().slice(11, 23),
				...[host, `${method} ${path}`, taskId, httpStatus ?? '-'],
				...[(answer as { code?: unknown } | null)?.code, creditsCharged || ''],
			]),
		);
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
<p>A stand-in for Kie.ai's API on this machine. Nothing here reaches Kie.ai or costs money.</p>
<ul>
<li>API (base URL of the credential): <code>${apiUrl}</code></li>
<li>Uploads: <code>${uploadUrl}</code></li>
<li>Result files: <code>${fileUrl}</code></li>
</ul>
<h2>API keys</h2>
<ul>${accounts.map(({ key, credits }) => item(key, `: ${credits} credits left`)).join('')}</ul>
<h2>Task ids</h2>
<ul>${taskIds.map((id) => item(id)).join('')}</ul>
<h2>Last ${SHOWN} requests</h2>
<table>
${row('th', ['Time (UTC)', 'Host', 'Request', 'Task', 'HTTP', 'Code', 'Credits'])}
${rows.join('\n')}
</table>
</body>
</html>
`;
}

function row(cell: string, values: unknown[]): string {
	const cells = values.map((value) => `<${cell}>${escape(String(value ?? ''))}</${cell}>`);
	return `<tr>${cells.join('')}</tr>`;
}

function escape(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
