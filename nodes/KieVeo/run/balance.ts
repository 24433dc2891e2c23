import type { KieApi } from '../kie/api';
import { balanceBelowError, balanceUnknownError } from '../messages/errors';

/** The credit balance before anything of a run is paid for. It is read once, and only when it is asked for. */
export class Balance {
	private credits?: Promise<number>;

	constructor(private readonly api: KieApi) {}

	/**
	 * @param least credits; 0 asks nothing
	 * @throws KieVeoError when the account has less, or Kie does not say; CancelledError
	 */
	async assertAtLeast(least: number): Promise<void> {
		if (least === 0) return;
		this.credits ??= this.fetchCredits();
		const credits = await this.credits;
		if (credits < least) throw balanceBelowError(credits, least);
	}

	private async fetchCredits(): Promise<number> {
		const answer = await this.api.fetchCredits();
		const { meaning } = answer;
		if (meaning.kind !== 'success') throw balanceUnknownError(meaning, answer);
		return meaning.credits;
	}
}
