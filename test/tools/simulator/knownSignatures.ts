/** HMAC-SHA256 of "task ID.time" in Base64, as `openssl dgst -sha256 -hmac` gives it. */
export const KNOWN_SIGNATURES: Array<
	[key: string, taskId: string, time: string, signature: string]
> = [
	[
		'test-webhook-hmac-key',
		'ee9c2715375b7837f8bb51d641ff5863',
		'1769670760',
		'xG6/yOyrMyJtUdc1yjmHpKLHSHF3MpzOPa6uxSj3qb4=',
	],
	[
		'test-webhook-hmac-key',
		'veo_task_abcdef123456',
		'1769670760',
		'E2IEIq8r/Oe2jzBnOb91/MwENZE9tEEkzU5WzdjXU0o=',
	],
	['k', 'veo_task_example123', '1760000000', 'AkYTwBXuYj3G37FH1hJyiyJ5WNrX7kpbfTyFPI99ab0='],
];
