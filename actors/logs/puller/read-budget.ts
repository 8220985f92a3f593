/** The least that is given out, in bytes: less is not worth a read. */
const SHARE_MIN_BYTES = 65_536;
/** A partition that is further behind counts as this far, in milliseconds: none starves the others for good. */
const LAG_MAX_MS = 600_000;
/** One that is not behind at all counts as this far, in milliseconds. */
const LAG_MIN_MS = 1_000;

/** How many of the bytes a partition may ask for, of which there are so many for all: more when it is further behind than the others. Pure. */
export function shareOf(totalBytes: number, lagMs: number, lagsMs: readonly number[]): number {
  const weight = (ms: number): number => Math.min(LAG_MAX_MS, Math.max(LAG_MIN_MS, ms));
  const all = lagsMs.reduce((sum, ms) => sum + weight(ms), 0);
  return Math.max(SHARE_MIN_BYTES, Math.floor((totalBytes * weight(lagMs)) / Math.max(all, weight(lagMs))));
}

/** The bytes that all pullers of a node may have in hand at once: who is further behind gets more of them. */
export class ReadBudget {
  readonly #totalBytes: number;
  readonly #lags = new Map<string, number>();
  #freeBytes: number;

  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
    this.#freeBytes = totalBytes;
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** A partition is going to be read: as long as nobody knows how far behind it is, it may need as much as any other. */
  join(partition: string): void {
    if (!this.#lags.has(partition)) this.#lags.set(partition, Number.POSITIVE_INFINITY);
  }

  /** How many bytes a partition may have in hand, as things are. */
  shareOf(partition: string): number {
    return shareOf(this.#totalBytes, this.#lags.get(partition) ?? 0, [...this.#lags.values()]);
  }

  /** Takes bytes for one read, at most `wantedBytes`; 0 when others have to give back some first. What is taken is given back. */
  take(partition: string, wantedBytes: number): number {
    const bytes = Math.min(this.shareOf(partition), wantedBytes, this.#freeBytes);
    // Somebody who holds nothing yet may always begin, however small the budget is.
    if (bytes < Math.min(SHARE_MIN_BYTES, wantedBytes, this.#totalBytes)) return 0;
    this.#freeBytes -= bytes;
    return bytes;
  }

  /** So far behind is it. */
  note(partition: string, lagMs: number): void {
    this.#lags.set(partition, lagMs);
  }

  give(bytes: number): void {
    this.#freeBytes += bytes;
  }

  /** A partition is not read here any more. */
  forget(partition: string): void {
    this.#lags.delete(partition);
  }
}
