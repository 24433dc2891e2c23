/* Where the rows of the corpus are from: a page of Kie's, or the client that recorded or met it. */

const DOCS = 'https://docs.kie.ai';

export const GENERATE = `${DOCS}/veo3-api/generate-veo-3-video`;
export const GENERATE_CALLBACKS = `${DOCS}/veo3-api/generate-veo-3-video-callbacks`;
export const EXTEND = `${DOCS}/veo3-api/extend-video`;
export const RECORD_INFO = `${DOCS}/veo3-api/get-veo-3-video-details`;
export const GET_1080P = `${DOCS}/veo3-api/get-veo-3-1080-p-video`;
export const GET_4K = `${DOCS}/veo3-api/get-veo-3-4k-video`;
export const GET_4K_CALLBACKS = `${DOCS}/veo3-api/get-veo-3-4k-video-callbacks`;
export const VEO_QUICKSTART = `${DOCS}/veo3-api/quickstart`;
export const GETTING_STARTED = `${DOCS}/`;
export const CREDITS = `${DOCS}/common-api/get-account-credits`;
export const DOWNLOAD_URL = `${DOCS}/common-api/download-url`;
export const WEBHOOKS = `${DOCS}/common-api/webhook-verification`;
export const UPLOAD = `${DOCS}/file-upload-api/quickstart`;
export const TASK_DETAIL = `${DOCS}/market/common/get-task-detail`;

export const CN_GENERATE = `${DOCS}/cn/veo3-api/generate-veo-3-video`;
export const CN_GENERATE_CALLBACKS = `${DOCS}/cn/veo3-api/generate-veo-3-video-callbacks`;
export const CN_RECORD_INFO = `${DOCS}/cn/veo3-api/get-veo-3-video-details`;
export const CN_GET_4K = `${DOCS}/cn/veo3-api/get-veo-3-4k-video`;
export const CN_GET_4K_CALLBACKS = `${DOCS}/cn/veo3-api/get-veo-3-4k-video-callbacks`;
/** Of the older endpoints, which call up to three times; nobody has seen whether the jobs API does. */
export const SUNO_CALLBACKS = `${DOCS}/suno-api/generate-music-callbacks`;
export const NANO_BANANA = `${DOCS}/market/google/nano-banana`;

export const CLIENT_OF_1080P = 'what a public client of 1080P reads, 2026';
/** 691 exchanges, among them seven errors. */
export const APICITY = 'recorded by https://github.com/justintanner/apicity, 2026-04';
/** Paid runs of the jobs API. */
export const ESCENARA = 'recorded by https://github.com/yosnap/escenara, 2026-09-27';
export const KIE_MODELS = 'an answer in https://supercode.sh/en/skills/kie.ai/kie-models, 2026-09';
/** Seven projects met it, several in paid runs. */
export const NO_AUDIO = 'recorded by public clients, first measured 2026-09-27';
export const NO_CREDITS = 'recorded by a public client, 2026-09-13';
export const LIVE_PROBES = 'live probes of a public client, 2026-09';
export const OTHER_MODELS = "recorded by public clients of Kie's other models, 2026";
export const GOOGLE_FLOW = 'clients of Google Flow, whose words Kie passes on as they are';
/** Five states of the record between April and October. */
export const APICITY_TASKS = 'recorded by https://github.com/justintanner/apicity, 2026';
export const SUNO = 'six jobs of music measured by public clients, 2026-09 and 2026-10';
export const RESULT_SHAPES = 'what public clients of these models read, 2026';
export const MODEL_SCHEMA =
	"an example in a model's schema, recorded by https://github.com/justintanner/apicity, 2026-10";
