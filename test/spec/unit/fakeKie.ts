import { HttpClient, type HttpCall, type SendRequest } from '../../../nodes/KieVeo/kie/http/client';
import { RecentTasks } from '../../../nodes/KieVeo/kie/http/recentTasks';
import { SubmissionLimiter } from '../../../nodes/KieVeo/kie/http/submissionLimiter';
import { VeoApi } from '../../../nodes/KieVeo/kie/veoApi';
import { FakeClock } from './fakeClock';

/** A Kie that gives these answers in order, the last one again and again; an error means no answer. */
export function fakeKie(
	replies: Array<object | string | Error>,
	headers: { [name: string]: string } = {},
) {
	const clock = new FakeClock();
	const calls: HttpCall[] = [];
	const stop = new AbortController();
	const send: SendRequest = async (call) => {
		calls.push(call);
		const reply = replies[Math.min(calls.length, replies.length) - 1];
		if (reply === undefined || reply instanceof Error) throw reply;
		const body = typeof reply === 'string' ? reply : JSON.stringify(reply);
		return { statusCode: 200, headers, body };
	};
	const api = new VeoApi({
		http: new HttpClient(send, clock, stop.signal),
		limiter: new SubmissionLimiter(clock),
		recentTasks: new RecentTasks(),
		clock,
		signal: stop.signal,
	});
	return { api, calls, clock, stop };
}
