import { readAnswer } from '../../../nodes/KieVeo/kie/http/client';
import {
	classifyFileUrlAnswer,
	classifyUpgradeAnswer,
} from '../../../nodes/KieVeo/kie/meaning/answer';
import { classifyCreateAnswer } from '../../../nodes/KieVeo/kie/meaning/create';
import {
	faultOfTask,
	readTaskFault,
	readTaskState,
	topicOf,
} from '../../../nodes/KieVeo/kie/meaning/fields';
import { readResultFiles } from '../../../nodes/KieVeo/kie/meaning/files';
import { readRecordAnswer } from '../../../nodes/KieVeo/kie/meaning/record';
import { readText } from '../../../nodes/KieVeo/kie/meaning/texts';

/* Where one step ends and the next begins: what the rows of the corpus leave open. */

const answer = (code: number, msg: string, data: unknown = null) =>
	readAnswer({ statusCode: 200, headers: {}, body: JSON.stringify({ code, msg, data }) }, 0);
const URL_1 = 'https://file.example/v/a.mp4';

it.each<[what: string, given: ReturnType<typeof answer>, kind: string]>([
	['a known text beside the code of a broken service', answer(502, '4k is processing.'), 'retry'],
	['a failed state without a reason', answer(422, 'x', { state: 'fail' }), 'failed'],
	['a running state beside unknown words', answer(422, 'x', { state: 'generating' }), 'processing'],
])('An upgrade, with %s', (_what, given, kind) => {
	expect(classifyUpgradeAnswer('4k', given).kind).toBe(kind);
});

it('A record that is being made is not a missing one', () => {
	const told = readRecordAnswer(answer(200, '1080P is processing.'), {
		isOurs: false,
		isNew: false,
	});
	expect(told.meaning.kind).toBe('processing');
});

it('A link begins with http', () => {
	expect(classifyFileUrlAnswer(answer(200, 'success', `javascript:${URL_1}`)).kind).toBe('failed');
});

it.each(['waiting', 'queuing', 'generating'])('The state "%s" runs', (state) => {
	expect(readTaskState({ state })).toBe('running');
});

it.each([0, 1])('A reason beside the flag %d is not one for a failure', (successFlag) => {
	expect(readTaskFault({ successFlag, errorMessage: 'x' }).message).toBeNull();
});

it.each(['No success', 'success is not what this is'])(
	'The words "%s" are told as they are',
	(message) => {
		expect(faultOfTask({ state: 'fail' }, { code: 200, message }, false).message).toBe(message);
	},
);

it.each<[said: string, record: { [field: string]: unknown }, topic: string]>([
	['', { model: 'other/veo/get-4k-video' }, 'task'],
	['', { model: 'other/veo/get-1080p-video' }, 'task'],
	['', { model: 'other/veo/extend' }, 'task'],
	['Note: the 4K version of this video is unavailable', {}, 'unknown'],
	['Note: Veo3.1 video extension successful.', {}, 'unknown'],
	['Note: Veo3.1 video generated successfully.', {}, 'unknown'],
	['Veo3 video generated successfully.', {}, 'generate'],
	['4K Video generated successfully.', { info: { resolution: '720p' } }, 'generate'],
])('"%s" with %j is about "%s"', (said, record, topic) => {
	expect(topicOf(record, said)).toBe(topic);
});

it.each<[what: string, given: unknown, urls: string[]]>([
	['an IPv6 address', 'http://[::1]/a.mp4', ['http://[::1]/a.mp4']],
	['another scheme before http', `javascript:${URL_1}`, []],
	['a tab within', `${URL_1}\tb`, []],
	['quotes within', `${URL_1}?"b"`, [`${URL_1}?"b"`]],
	['a quote that closes early', `"${URL_1}"b`, []],
])('A result URL with %s', (_what, resultUrls, urls) => {
	expect(readResultFiles({ resultUrls }).videoUrls).toStrictEqual(urls);
});

it('Of a list of URLs the first 100 are read', () => {
	const resultUrls = Array.from({ length: 101 }, (_, index) => `${URL_1}?${index}`);
	const { videoUrls, fileUrls } = readResultFiles({ resultUrls, response: { resultUrls } });
	expect([videoUrls.length, fileUrls.length]).toStrictEqual([100, 100]);
});

it.each([
	['Your request was rejected by Flow(INTERNAL)', 'upstream'],
	['Note: your request was rejected by Flow(INTERNAL)', null],
])('"%s" says %s', (text, says) => {
	expect(readText(text)).toBe(says);
});

it('An order that fails with words about a picture that was made may have been paid for', () => {
	const said = "Sorry, but the image we created may violate OpenAI's content policies";
	expect(classifyCreateAnswer(answer(500, said)).kind).toBe('lost');
	expect(classifyCreateAnswer(answer(400, said)).kind).toBe('failed');
});

it('A long result is read whole, and an empty one beside it is not it', () => {
	const words = Array.from({ length: 5_000 }, (_, at) => ({ word: 'la', at }));
	const resultJson = JSON.stringify({ resultUrls: [URL_1], words });
	const { fileUrls, result } = readResultFiles({ model: 'm', response: {}, resultJson });
	expect(fileUrls).toStrictEqual([URL_1]);
	expect(result).toHaveProperty('words');
});

it.each([
	[1_998, [URL_1]],
	[1_999, []],
	// More than a call can have arguments.
	[200_000, []],
])('Behind a list of %d is found %j', (length, fileUrls) => {
	const words = Array.from({ length }, () => null);
	const response = { words, last: { fileUrl: URL_1 } };
	expect(readResultFiles({ model: 'm', response }).fileUrls).toStrictEqual(fileUrls);
});
