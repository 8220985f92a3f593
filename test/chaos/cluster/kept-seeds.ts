/** Seeds that once found something, with what it was: they run first. */
export const KEPT_SEEDS: Readonly<Record<number, string>> = {};
