/** The time of the server: the real one, or one that is wrong by as much as is wanted. */
export class SkewedClock {
  /** How far it goes ahead, in milliseconds. */
  skewMs = 0;
  readonly #wallMs: () => number;

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  nowMs(): number {
    return this.#wallMs() + this.skewMs;
  }
}
