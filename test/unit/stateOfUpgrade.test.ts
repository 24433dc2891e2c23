import { askAboutVideo } from '../../nodes/KieVeo/completion/stateOfUpgrade';
import { KieClient, type HttpCall } from '../../nodes/KieVeo/transport/client';
import { RecentTasks } from '../../nodes/KieVeo/transport/recentTasks';
import { SubmissionLimiter } from '../../nodes/KieVeo/transport/submissionLimiter';
import { FakeClock } from './fakeClock';

const BASE = 'https://file.example/base.mp4';
const IN_4K = 'https://file.example/4k.mp4';

const record = (data: object) => ({ code: 200, msg: 'success', data });
const baseRecord = record({ successFlag: 1, response: { resultUrls: [BASE], resolution: '720p' } });

describe('asking Kie how a 4K upgrade ended', () => {
	it.each<[situation: string, answers: object[], status: string | null, calls: string[]]>([
		[
			'a failure that the record knows is never answered with a second upgrade',
			[record({ successFlag: 3, errorCode: 500, errorMessage: 'upstream failed' })],
			'failed',
			['GET'],
		],
		[
			'a record that shows the 4K video is enough',
			[record({ successFlag: 1, response: { resultUrls: [IN_4K], resolution: '4k' } })],
			'success',
			['GET'],
		],
		[
			'a record that cannot be read ends the question',
			[{ code: 500, msg: 'Server Error', data: null }],
			null,
			['GET'],
		],
		[
			'the base video says nothing: the 4K request tells that it is done',
			[baseRecord, { code: 422, msg: 'done', data: { resultUrls: [IN_4K] } }],
			'success',
			['GET', 'POST'],
		],
		[
			'the 4K request tells that it runs',
			[baseRecord, { code: 422, msg: '4k is processing.', data: null }],
			null,
			['GET', 'POST'],
		],
		[
			'the 4K request tells that it is refused',
			[baseRecord, { code: 500, msg: 'The 4K version of this video is unavailable.' }],
			'failed',
			['GET', 'POST'],
		],
		[
			'a fault of the service leaves it open',
			[baseRecord, { code: 455, msg: 'maintenance' }],
			null,
			['GET', 'POST'],
		],
	])('%s', async (_situation, answers, status, methods) => {
		const calls: HttpCall[] = [];
		const clock = new FakeClock();
		const client = new KieClient({
			limiter: new SubmissionLimiter(clock),
			recentTasks: new RecentTasks(),
			clock,
			send: async (call) => {
				calls.push(call);
				const body = JSON.stringify(answers[calls.length - 1]);
				return { statusCode: 200, headers: {}, body };
			},
		});
		const mark = await askAboutVideo(client, { taskId: 't', kieTaskId: 'kie-t', index: 1 });
		expect(mark?.result.status ?? null).toBe(status);
		expect(JSON.stringify(mark)).not.toContain('"videoUrl":"https://file.example/base.mp4"');
		expect(calls.map(({ method }) => method)).toStrictEqual(methods);
		expect(calls[0]?.query).toStrictEqual({ taskId: 'kie-t' });
		if (calls[1]) expect(calls[1].body).toStrictEqual({ taskId: 't', index: 1 });
	});
});
