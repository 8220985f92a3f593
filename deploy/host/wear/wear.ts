import type { WorkerVitals } from "../../../protocols/host.ts";
import { MemorySamples } from "./memory-trend.ts";
import type { MemoryTrend } from "./memory-trend.ts";
import { recycling, requestsLimit } from "./recycle-rule.ts";
import type { RecycleRule, Recycling, WearReading } from "./recycle-rule.ts";

/** How long a worker that could not be replaced is left in peace, in milliseconds. */
const RETRY_AFTER_MS = 60_000;

/** How worn one worker is, from its beats: tells its host when to replace it, and why. Time and chance are arguments. */
export class Wear {
  readonly #rule: RecycleRule;
  readonly #startedAtMs: number;
  readonly #requestsMax: number;
  readonly #memory: MemorySamples;
  #notBeforeMs = 0;
  #latest: WorkerVitals | undefined = undefined;

  constructor({ rule, startedAtMs, random }: { rule: RecycleRule; startedAtMs: number; random: number }) {
    this.#rule = rule;
    this.#startedAtMs = startedAtMs;
    this.#requestsMax = requestsLimit(rule, random);
    this.#memory = new MemorySamples(rule.slopeWindowMs);
  }

  take(nowMs: number, vitals: WorkerVitals): void {
    this.#latest = vitals;
    this.#memory.take(nowMs, vitals.memory.rss);
  }

  reading(nowMs: number): WearReading {
    return {
      ageMs: nowMs - this.#startedAtMs,
      requests: this.#latest?.requests ?? 0,
      requestsMax: this.#requestsMax,
      zombies: this.#latest?.zombies ?? 0,
      memory: this.trend(),
    };
  }

  /** Why the worker is to be replaced; undefined when it may go on, or when that was tried a short while ago. */
  recycling(nowMs: number): Recycling | undefined {
    if (nowMs < this.#notBeforeMs) return undefined;
    return recycling(this.#rule, this.reading(nowMs));
  }

  /** Its host tries to replace it now. Should that fail, the next try is not made at once: the reason is likely to last. */
  tried(nowMs: number): void {
    this.#notBeforeMs = nowMs + RETRY_AFTER_MS;
  }

  trend(): MemoryTrend | undefined {
    return this.#memory.trend();
  }
}
