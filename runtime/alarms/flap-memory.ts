/** How often an alarm may begin within the window until its end waits for calm. */
export const FLAP_STARTS = 3;
/** The window in which beginnings are counted, in milliseconds. */
export const FLAP_WINDOW_MS = 600_000;
/** Keys remembered; beyond that the one that began longest ago is forgotten. */
const KEYS_MAX = 2_000;

/** Remembers when alarms began, to tell which of them come and go. Pure but for its memory; time is an argument. */
export class FlapMemory {
  /** By key, the one that began last at the end. */
  readonly #starts = new Map<string, readonly number[]>();

  /** Notes a beginning. Answers whether the alarm flaps. */
  begin(key: string, nowMs: number): boolean {
    const recent = (this.#starts.get(key) ?? []).filter((atMs) => nowMs - atMs < FLAP_WINDOW_MS);
    const starts = [...recent, nowMs].slice(-FLAP_STARTS);
    this.#starts.delete(key);
    this.#starts.set(key, starts);
    const [oldest] = this.#starts.keys();
    if (this.#starts.size > KEYS_MAX && oldest !== undefined) this.#starts.delete(oldest);
    return starts.length >= FLAP_STARTS;
  }
}
