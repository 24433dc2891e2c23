import type { KieApi } from '../kie/api';
import { inputErrors } from '../messages/input';
import { balanceUnknownError } from '../messages/task';

/** The credit balance before a run pays for anything. Read once, and only when needed. */
export class Balance {
	private credits?: Promise<number>;

	constructor(private readonly api: KieApi) {}

	/**
	 * @param least credits; 0 does not check
	 * @throws KieVeoError when the account has less, or Kie does not say; CancelledError
	 */
	async assertAtLeast(least: number): Promise<void> {
		if (least === 0) return;
		this.credits ??= this.fetchCredits();
		const credits = await this.credits;
		if (credits < least) throw inputErrors.balanceBelow(credits, least);
	}

	private async fetchCredits(): Promise<number> {
		const answer = await this.api.fetchCredits();
		const { meaning } = answer;
		if (meaning.kind !== 'success') throw balanceUnknownError(meaning, answer);
		return meaning.credits;
	}
}
