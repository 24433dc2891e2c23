/** A map of at most `limit` entries: the one set longest ago is forgotten first. */
export class BoundedMap<K, V> extends Map<K, V> {
	constructor(private readonly limit: number) {
		super();
	}

	override set(key: K, value: V): this {
		this.delete(key);
		if (this.size === this.limit) this.forgetOldest();
		return super.set(key, value);
	}

	private forgetOldest(): void {
		const { value } = this.keys().next();
		if (value !== undefined) this.delete(value);
	}
}
