/**
 * Lets each parcel of one sender pass once and in order, however often and in whichever pieces it arrives. Parcels are numbered from 1, so one
 * number says all that has passed. Pure.
 */
export class DuplicateFilter {
  #received = 0;

  /** All numbers up to this one have passed. */
  get received(): number {
    return this.#received;
  }

  /**
   * Judges `count` parcels from number `first` on: how many of them, from the first on, have passed before; the others pass now. `gap`: some before them
   * are missing, so none of them passes yet.
   */
  pass(first: number, count: number): number | "gap" {
    const known = this.#received + 1 - first;
    if (known < 0) return "gap";
    if (known >= count) return count;
    this.#received = first + count - 1;
    return known;
  }

  /** What comes before `first` will never come: it may pass next. Only for what nobody will send again. */
  skipTo(first: number): void {
    this.#received = Math.max(this.#received, first - 1);
  }
}
