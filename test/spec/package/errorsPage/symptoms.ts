import type { Entry } from './page';

/** What users see without a message of this package. */
export const SYMPTOMS: Entry[] = [
	{
		text: 'The trigger does not start',
		advice:
			"Is the workflow active (published)? Is the event selected in 'Events': Video Generated and Generation Failed for " +
			'Generate and Extend, Task Finished and Task Failed for Run a Model? A 4K video that already existed is not ' +
			"reported. n8n's log has the reason for each call that was refused. " +
			'[Try the address](self-hosting.md#reverse-proxy) from outside.',
	},
	{
		text: "The trigger refuses 4K callbacks: 'is not the upgrade that the address was made for' in n8n's log",
		advice:
			'Kie.ai has reported the upgrade under another ID than that of your video, and nothing proves that they belong ' +
			'together. Its documentation for the Veo Endpoints shows the ID of the video; with the Unified Jobs API it was ' +
			'asked, and named no such upgrade. Report it, and use Wait by Polling.',
	},
	{
		text: "An execution with 'Wait for Callback' continues only after its Timeout",
		advice:
			"Look for 'callback answered with' in n8n's log. With 401: the API key was changed, the Webhook HMAC Key is wrong " +
			'(correct or empty it), or a proxy drops the query. No such line: Kie.ai does not reach n8n. Fetch the videos ' +
			'with Get 4K Video and polling; after Generate and Extend with Get, after Run a Model with Get Task.',
	},
	{
		text: 'The URLs of the trigger, or the address of a suspended execution, are local',
		advice:
			"Set n8n's environment variable N8N_WEBHOOK_URL (WEBHOOK_URL in older n8n) to its public address. " +
			'In queue mode every process needs it.',
	},
];
