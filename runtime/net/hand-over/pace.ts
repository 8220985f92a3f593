/** How long a connection should be on its way, at most, in milliseconds: meanwhile its client hears nothing. */
const ON_THE_WAY_MS = 80;
/** Connections that are on their way at the same time: fewer would leave processes idle, more would only wait for each other. */
const AT_ONCE_MIN = 4;
const AT_ONCE_FIRST = 32;
const AT_ONCE_MAX = 128;
const SLOWER = 0.7;
const FASTER = 0.25;

/** How many connections move at the same time: as many as keeps each of them silent for a moment only. Pure. */
export class Pace {
  #atOnce = AT_ONCE_FIRST;
  /** Those that left before the latest change say nothing of its effect. */
  #unheeded = 0;

  /** How many may be on their way now. */
  get atOnce(): number {
    return Math.floor(this.#atOnce);
  }

  /** One has arrived after so many milliseconds. */
  arrived(afterMs: number): void {
    if (this.#unheeded > 0) this.#unheeded--;
    else if (afterMs > ON_THE_WAY_MS) this.#slowDown();
    else this.#atOnce = Math.min(AT_ONCE_MAX, this.#atOnce + FASTER);
  }

  #slowDown(): void {
    this.#unheeded = this.atOnce;
    this.#atOnce = Math.max(AT_ONCE_MIN, this.#atOnce * SLOWER);
  }
}
