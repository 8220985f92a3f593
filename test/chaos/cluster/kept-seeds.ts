/** Seeds that once found something, with what it was: they run first. */
export const KEPT_SEEDS: Readonly<Record<number, string>> = {
  2124177838:
    "a node that was held to be dead sent letters back, and they were stored after what was said since",
};
