/** A process that watches one suspended execution with real time; see watch.test.ts. */
import type { CallingContext } from '../../../nodes/KieVeo/kie/connection';
import { systemClock } from '../../../nodes/KieVeo/kie/http/clock';
import { beginSuspension } from '../../../nodes/KieVeo/suspension/state';
import { tick, Watch } from '../../../nodes/KieVeo/suspension/watch';

/** Milliseconds; the one look comes halfway. */
const WAIT = 3_000;

const watch = new Watch(systemClock, tick);
const place = { execution: '1', node: 'a-node', round: 0 };
const httpRequest = async () => {
	console.log('woken up');
	return { statusCode: 200, body: { waiting: false }, headers: {} };
};
const context = { helpers: { httpRequest }, logger: { warn: console.log } };
const json = { operation: 'get4k', status: 'processing', taskId: 'a', index: 0, code: 200 };
const facts = { deadline: Date.now() + WAIT, complete: true };
watch.begin(context as unknown as CallingContext, beginSuspension(place, [{ json }], facts), {
	url: 'https://n8n.example/webhook-waiting/1/kie-veo',
	addressKey: Buffer.from('key'),
});

process.on('exit', () => {
	console.log(`ended with ${watch.size} suspension${watch.size === 1 ? '' : 's'}`);
});
if (process.argv[2] === 'busy') {
	// The timer must survive the garbage collector.
	const collect = setInterval(() => global.gc?.(), 50);
	setTimeout(() => clearInterval(collect), WAIT + 1_000);
}
