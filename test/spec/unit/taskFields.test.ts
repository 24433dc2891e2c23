import {
	readTaskFault,
	readTaskState,
	type TaskState,
} from '../../../nodes/KieVeo/kie/meaning/taskFields';

describe('the state of a task', () => {
	it.each<[data: unknown, state: TaskState | null]>([
		[{ successFlag: 0 }, 'running'],
		[{ successFlag: '0' }, 'running'],
		[{ successFlag: 1 }, 'success'],
		[{ successFlag: 2 }, 'failed'],
		[{ successFlag: ' 3 ' }, 'failed'],
		[{ successFlag: 4 }, 'running'],
		[{ successFlag: null }, null],
		[{ successFlag: 'x' }, null],
		[{ state: 'waiting' }, 'running'],
		[{ state: 'queuing' }, 'running'],
		[{ state: 'generating' }, 'running'],
		[{ state: 'success' }, 'success'],
		[{ state: 'SUCCESS' }, 'success'],
		[{ state: 'fail' }, 'failed'],
		[{ state: 'GENERATE_FAILED' }, 'failed'],
		...['error', 'CANCELED', 'aborted', 'rejected'].map((state): [object, TaskState] => [
			{ state },
			'failed',
		]),
		...['succeeded', 'Completed', 'finished', 'done'].map((state): [object, TaskState] => [
			{ state },
			'success',
		]),
		[{ state: 'incomplete' }, 'running'],
		[{ state: '' }, null],
		[{ state: 7 }, null],
		[{ successFlag: null, state: 'success' }, 'success'],
		[{ successFlag: 1, state: 'fail' }, 'failed'],
		[{ successFlag: 3, state: 'success' }, 'failed'],
		[{ successFlag: 0, state: 'success' }, 'running'],
		['{"state":"success"}', 'success'],
		[{}, null],
		[[], null],
		[null, null],
		['fail', null],
	])('%j is %s', (data, state) => {
		expect(readTaskState(data)).toBe(state);
	});
});

describe('the reason of a failed task', () => {
	const none = { code: null, message: null };
	it.each<[data: unknown, fault: object]>([
		[
			{ errorMessage: 'why', errorCode: 400 },
			{ code: 400, message: 'why' },
		],
		[
			{ error_message: 'why', error_code: '400' },
			{ code: 400, message: 'why' },
		],
		[
			{ failMsg: 'why', failCode: '500' },
			{ code: 500, message: 'why' },
		],
		[
			{ fail_msg: 'why', fail_code: 500 },
			{ code: 500, message: 'why' },
		],
		[
			{ errorMessage: '', failMsg: 'why' },
			{ code: null, message: 'why' },
		],
		[
			{ errorCode: 501, errorMessage: null },
			{ code: 501, message: null },
		],
		[{ response: { errorMessage: 'why', errorCode: 400 } }, { code: 400, message: 'why' }],
		[{ response: '{"errorMessage":"why"}' }, { code: null, message: 'why' }],
		[{ info: { failMsg: 'why' } }, { code: null, message: 'why' }],
		[
			{ errorMessage: 'a', response: { errorMessage: 'b' }, info: { errorMessage: 'c' } },
			{ code: null, message: 'a' },
		],
		['{"failMsg":"why"}', { code: null, message: 'why' }],
		[{ data: { result: '[{"failReason":"why","err_code":"7"}]' } }, { code: 7, message: 'why' }],
		[[{ 'Error-Msg': 'why' }], { code: null, message: 'why' }],
		[{ errMsg: 'why' }, { code: null, message: 'why' }],
		[{ error: 'why' }, { code: null, message: 'why' }],
		[{ error: { message: 'why', msg: 'x' } }, { code: null, message: 'why' }],
		[{ error: { msg: 'why' } }, { code: null, message: 'why' }],
		[{ error: { code: 7 } }, none],
		[{ error: true }, none],
		[{ response: { successFlag: 1, errorMessage: 'left over' } }, none],
		[{ successFlag: 3, response: { state: 'running', errorMessage: 'left over' } }, none],
		[
			{ successFlag: 3, errorMessage: 'why' },
			{ code: null, message: 'why' },
		],
		[{ successFlag: 0, errorMessage: 'left over' }, none],
		[{ state: 'success', failCode: 0, failMsg: 'left over' }, none],
		[{ successFlag: 1, response: { errorMessage: 'left over' } }, none],
		[
			{ errorMessage: null, error_message: 'why' },
			{ code: null, message: 'why' },
		],
		[{ errorMessage: 'success' }, none],
		[{ errorMessage: 'NULL' }, none],
		[{ errorMessage: 'None' }, none],
		[{ errorMessage: 'none of it' }, { code: null, message: 'none of it' }],
		[{ errorMessage: 'no success' }, { code: null, message: 'no success' }],
		[{ errorMessage: 7 }, none],
		[{ response: [] }, none],
		[[], none],
		['errorMessage', none],
		[undefined, none],
	])('%j', (data, fault) => {
		expect(readTaskFault(data)).toStrictEqual(fault);
	});
});
