/** How many samples a window holds: enough for a robust fit, and few enough that all pairs of them cost nothing. */
const SAMPLES_MAX = 60;
/** With fewer there is no trend, only numbers. */
const SAMPLES_MIN = 5;
const MINUTE_MS = 60_000;
/** How much of the window must have been seen before growth counts as sustained. */
const SPAN_SHARE_MIN = 0.9;
/** Each half of the window must grow at least this share as fast as the whole: one step up is no slope. */
const HALF_SHARE_MIN = 0.5;

/** The memory of a process at one moment. */
export interface MemorySample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Where the memory of a process is, and where it is going. */
export interface MemoryTrend {
  readonly bytes: number;
  readonly bytesPerMinute: number;
  /** How long it has been looked at, in milliseconds. */
  readonly spanMs: number;
  /** Whether it grew through the whole window, and not in a step or by noise. */
  readonly isSustained: boolean;
}

/** Remembers the memory of a process over a window, in so few samples that remembering costs nothing. */
export class MemorySamples {
  readonly #windowMs: number;
  #samples: readonly MemorySample[] = [];
  #latest: MemorySample | undefined = undefined;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Takes a reading. Those that come more often than a sample is due only say what the size is now. */
  take(atMs: number, bytes: number): void {
    this.#latest = { atMs, bytes };
    const last = this.#samples.at(-1);
    if (last !== undefined && atMs - last.atMs < this.#windowMs / SAMPLES_MAX) return;
    const kept = this.#samples.filter((sample) => sample.atMs >= atMs - this.#windowMs);
    this.#samples = [...kept, this.#latest].slice(-SAMPLES_MAX - 1);
  }

  /** What the samples say; undefined before the first. */
  trend(): MemoryTrend | undefined {
    if (this.#latest === undefined) return undefined;
    return { ...trendOf(this.#samples, this.#windowMs), bytes: this.#latest.bytes };
  }
}

/** The trend of samples in the order of their time. Pure. */
export function trendOf(samples: readonly MemorySample[], windowMs: number): MemoryTrend {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) {
    return { bytes: 0, bytesPerMinute: 0, spanMs: 0, isSustained: false };
  }
  const spanMs = last.atMs - first.atMs;
  const bytesPerMinute = samples.length < SAMPLES_MIN ? 0 : slopeOf(samples);
  const middle = Math.floor(samples.length / 2);
  const halves = [samples.slice(0, middle), samples.slice(middle)];
  const isSustained =
    bytesPerMinute > 0 &&
    spanMs >= windowMs * SPAN_SHARE_MIN &&
    halves.every((half) => slopeOf(half) >= bytesPerMinute * HALF_SHARE_MIN);
  return { bytes: last.bytes, bytesPerMinute, spanMs, isSustained };
}

/**
 * The median of the slopes between all pairs of samples, in bytes a minute; 0 when there is no pair. Up to a quarter of the samples may be
 * outliers, such as peaks before a garbage collection. Theil, "A rank-invariant method of linear and polynomial
 * regression analysis", 1950; Sen, 1968. Pure.
 */
export function slopeOf(samples: readonly MemorySample[]): number {
  const slopes = samples.flatMap((from, index) =>
    samples
      .slice(index + 1)
      .filter((to) => to.atMs > from.atMs)
      .map((to) => ((to.bytes - from.bytes) / (to.atMs - from.atMs)) * MINUTE_MS),
  );
  return median(slopes);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}
