/** What the latest look has changed: a port that answered does so no more, or one that was down answers again. */
export type PortChange = "down" | "up";

/** Tells a port that is down from one that missed a single look. Pure but for its memory. */
export class PortLedger {
  readonly #failuresMax: number;
  /** Failed looks in a row, by target. */
  readonly #failures = new Map<string, number>();

  /** @param failuresMax how many looks in a row must fail until a port counts as down */
  constructor(failuresMax: number) {
    this.#failuresMax = failuresMax;
  }

  /** Notes a look. */
  note(target: string, isUp: boolean): PortChange | undefined {
    const before = this.#failures.get(target) ?? 0;
    const failures = isUp ? 0 : before + 1;
    this.#failures.set(target, failures);
    if (isUp) return before >= this.#failuresMax ? "up" : undefined;
    return failures === this.#failuresMax ? "down" : undefined;
  }
}
