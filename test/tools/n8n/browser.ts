import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';

import { OWNER, type Reference } from './client';
import { ensureChromium } from './programs';

selectors.setTestIdAttribute('data-test-id');

/** Chromium in a container: no sandbox, no GPU, and no calls to the outside of its own. */
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--disable-dev-shm-usage',
];

const TIME_LIMIT_MS = 60_000;

const RUN_PATH = /\/rest\/workflows\/[^/]+\/run/;

interface EditorOptions {
	/** Address of n8n without a slash at the end. */
	url: string;
	theme?: 'light' | 'dark';
	/** Size of the page in CSS pixels. */
	viewport?: { width: number; height: number };
}

/** n8n's editor in a headless Chromium, signed in. Works on both lines. */
export class Editor {
	private constructor(
		private readonly browser: Browser,
		/** For what the methods below do not cover. */
		readonly page: Page,
		private readonly url: string,
	) {}

	/** Starts a browser and signs in. The owner account must exist. Takes 5 to 15 s. */
	static async open(options: EditorOptions): Promise<Editor> {
		const { url, theme = 'light', viewport = { width: 1440, height: 900 } } = options;
		const browser = await chromium.launch({ executablePath: ensureChromium(), args: FLAGS });
		try {
			// n8n follows the system's theme unless the user has chosen one.
			const page = await browser.newPage({ colorScheme: theme, viewport });
			page.setDefaultTimeout(TIME_LIMIT_MS);
			const editor = new Editor(browser, page, url);
			await editor.signIn();
			return editor;
		} catch (error) {
			await browser.close();
			throw error;
		}
	}

	/** Shows a workflow's canvas. */
	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
		await this.dismissNotices();
	}

	/** Opens a stored credential, and waits until n8n has tested it successfully. */
	async openCredential({ id }: Reference): Promise<void> {
		// The address of a credential in n8n's editor.
		await this.page.goto(`${this.url}/home/credentials/${id}`);
		await this.page.getByTestId('credentials-config-container-test-success').waitFor();
		await this.dismissNotices();
	}

	/** Opens the search for nodes: on an empty canvas, from the corner of a workflow, or from a node's plus. */
	async openNodeSearch(from: 'empty canvas' | 'corner' | 'plus'): Promise<void> {
		if (from === 'empty canvas') await this.page.goto(`${this.url}/workflow/new`);
		const button = {
			'empty canvas': 'canvas-add-button',
			corner: 'node-creator-plus-button',
			plus: 'canvas-handle-plus',
		}[from];
		const opener = this.page.getByTestId(button).first();
		await opener.waitFor();
		await this.dismissNotices();
		await opener.click();
	}

	/**
	 * Types into the open search for nodes.
	 *
	 * @returns the names that it shows, in its order
	 */
	async searchNodes(text: string): Promise<string[]> {
		await this.page.getByTestId('node-creator-search-bar').fill(text);
		// It waits for the end of the typing.
		await this.page.waitForTimeout(500);
		return await this.page.getByTestId('node-creator-item-name').allInnerTexts();
	}

	/** The box of a node on the canvas. */
	node(name: string): Locator {
		return this.page.locator(`[data-test-id=canvas-node][data-node-name="${name}"]`);
	}

	/** The open panel. */
	get panel(): Locator {
		return this.page.getByTestId('ndv');
	}

	private get output(): Locator {
		return this.page.getByTestId('output-panel');
	}

	/** Opens a node's panel. */
	async openNode(name: string): Promise<void> {
		await this.node(name).dblclick();
		await this.page.getByTestId('parameter-input').first().waitFor();
	}

	/** Back to the canvas. */
	async closeNode(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.panel.waitFor({ state: 'hidden' });
	}

	/**
	 * Presses the canvas' "Execute workflow" and returns when n8n has accepted.
	 *
	 * @returns the execution's id, or `undefined` when n8n now listens for a test webhook
	 */
	async executeWorkflow(): Promise<string | undefined> {
		return await this.run(this.page.getByTestId('execute-workflow-button').first());
	}

	/** Presses "Execute step" in the open panel; returns as `executeWorkflow` does. */
	async executeStep(): Promise<string | undefined> {
		return await this.run(this.page.getByTestId('node-execute-button').first());
	}

	/** Waits until the canvas shows that a node has finished, well or with an error. */
	async waitForNode(name: string): Promise<'success' | 'error'> {
		const node = this.node(name);
		return await outcome(
			node.getByTestId('canvas-node-status-success'),
			node.getByTestId('node-issues'),
		);
	}

	/** Waits until the open panel shows the step's result, well or with an error. */
	async waitForStep(): Promise<'success' | 'error'> {
		return await outcome(
			this.output.getByTestId('node-run-status-success'),
			this.output.getByTestId('node-run-status-danger'),
		);
	}

	/**
	 * Shows the file of the first item in the open panel's output, and plays it if it is a video.
	 *
	 * @returns seconds and size of the video, as the browser has read them from the file
	 */
	async playOutputFile(): Promise<{ duration: number; width: number; height: number }> {
		await this.output.getByTestId('radio-button-binary').click();
		await this.output.getByTestId('ndv-view-binary-data').first().click();
		const video = this.output.locator('video');
		await video.waitFor();
		return await video.evaluate(async (element: HTMLVideoElement) => {
			element.muted = true;
			await element.play();
			await new Promise((resolve) =>
				element.addEventListener('timeupdate', resolve, { once: true }),
			);
			element.pause();
			const { duration, videoWidth: width, videoHeight: height } = element;
			return { duration, width, height };
		});
	}

	/** Shows the fields of the open panel's output, with the values of its first item. */
	async showOutputFields(): Promise<void> {
		await this.output.getByTestId('radio-button-schema').click();
	}

	/** Closes n8n's notices in the corner and moves the mouse away, for an undisturbed picture. */
	async dismissNotices(): Promise<void> {
		const close = this.page.locator('.el-notification__closeBtn');
		for (let left = await close.count(); left > 0; left--) await close.first().click();
		// The upper edge of canvas and panel, where nothing reacts.
		await this.page.mouse.move(500, 45);
	}

	/**
	 * Drags a field of the open panel's input onto a parameter, as users map.
	 *
	 * @param parameter its label
	 * @returns the expression that the parameter holds then
	 */
	async mapField(field: string, parameter: string): Promise<string> {
		const pill = this.panel.getByText(field, { exact: true }).first();
		const input = this.parameter(parameter).getByTestId('parameter-input-field');
		const [from, to] = [await pill.boundingBox(), await input.boundingBox()];
		if (!from || !to) throw new Error(`Nothing to drag from ${field} to ${parameter}`);
		await this.page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
		await this.page.mouse.down();
		// n8n looks where the mouse is while it moves.
		await this.page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 20 });
		await this.page.mouse.up();
		const expression = this.parameter(parameter).locator('.cm-content').first();
		await expression.filter({ hasText: field }).waitFor({ timeout: 10_000 });
		return (await expression.innerText()).trim();
	}

	/** The names that a list in the open panel offers. It stays open. */
	async optionsOf(parameter: string): Promise<string[]> {
		await this.parameter(parameter).getByTestId('parameter-input').click();
		const options = this.page.locator('.el-select-dropdown__item:visible .option-headline');
		await options.first().waitFor();
		const names = await options.allInnerTexts();
		return names.map((name) => name.trim());
	}

	/** A parameter of the open panel by its label. */
	private parameter(label: string): Locator {
		return this.panel
			.getByTestId('parameter-item')
			.filter({ has: this.page.getByText(label, { exact: true }) })
			.first();
	}

	/**
	 * Changes addresses that the page shows, as text or in a field, until it is drawn again. Expressions stay
	 * as they are: their editor would take the change for typing.
	 */
	async replaceShown(replacements: Array<[shown: string, instead: string]>): Promise<void> {
		// Without a named function inside: esbuild would wrap it in a helper that the page does not have.
		await this.page.evaluate((pairs) => {
			for (const [shown, instead] of pairs) {
				const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
				while (texts.nextNode()) {
					const { currentNode: text } = texts;
					if (text.parentElement?.closest('.cm-content')) continue;
					if (text.nodeValue?.includes(shown)) {
						text.nodeValue = text.nodeValue.replaceAll(shown, instead);
					}
				}
				document.querySelectorAll<HTMLInputElement>('input, textarea').forEach((field) => {
					if (field.value.includes(shown)) field.value = field.value.replaceAll(shown, instead);
				});
			}
		}, replacements);
	}

	/** All text on the page, with what is in fields. */
	async shownText(): Promise<string> {
		return await this.page.evaluate(() => {
			const fields = document.querySelectorAll<HTMLInputElement>('input, textarea');
			const values = Array.from(fields, ({ value }) => value);
			return [document.body.innerText, ...values].join('\n');
		});
	}

	/** Saves what the page shows as a PNG file. */
	async screenshot(path: string): Promise<void> {
		// n8n leaves the empty tooltip of an expression in the corner.
		const style = '#cm-tooltip-container { display: none }';
		await this.page.screenshot({ path, style, animations: 'disabled' });
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	private async signIn(): Promise<void> {
		const { email, password } = OWNER;
		await this.page.goto(`${this.url}/signin`);
		await this.page.locator('input[name=emailOrLdapLoginId]').fill(email);
		await this.page.locator('input[type=password]').fill(password);
		await this.page.getByTestId('form-submit-button').click();
		await this.page.waitForURL((address) => !address.pathname.endsWith('/signin'));
	}

	/** Presses a button that starts a run, and reads from n8n's answer what has begun. */
	private async run(button: Locator): Promise<string | undefined> {
		const answered = this.page.waitForResponse((response) => RUN_PATH.test(response.url()));
		// Both at once: a click that fails must not leave the other promise unobserved.
		const [response] = await Promise.all([answered, button.click()]);
		if (!response.ok()) throw new Error(`n8n refused to run: ${await response.text()}`);
		const { data } = (await response.json()) as { data: { executionId?: string } };
		return data.executionId;
	}
}

/** Waits until either is shown. */
async function outcome(success: Locator, error: Locator): Promise<'success' | 'error'> {
	await success.or(error).first().waitFor();
	return (await error.count()) > 0 ? 'error' : 'success';
}
