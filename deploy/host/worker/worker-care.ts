import type { HostSettings } from "../../../protocols/host-settings.ts";
import type { WorkerVitals } from "../../../protocols/host.ts";
import { Canary } from "../../../runtime/supervision/canary.ts";
import type { Clock } from "../../../runtime/time/clock.ts";
import type { Recycling } from "../wear/recycle-rule.ts";
import { Wear } from "../wear/wear.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** How often a worker is asked for a sign of life, in milliseconds. */
const BEAT_EVERY_MS = 1_000;

/** What looking after a worker needs. */
export interface CareParts {
  readonly worker: WorkerProcess;
  readonly settings: HostSettings;
  /** Stands still while the host cannot act, so that a paused host blames no worker. */
  readonly clock: Clock;
  /** The worker has given no sign of life for so long. */
  readonly onSilent: (silentMs: number) => void;
}

/** Looks after one worker while it lives: whether it is silent, and whether it is worn out. */
export class WorkerCare {
  readonly #clock: Clock;
  readonly #canary: Canary;
  readonly #wear: Wear;

  constructor({ worker, settings, clock, onSilent }: CareParts) {
    this.#clock = clock;
    this.#wear = new Wear({ rule: settings.recycle, startedAtMs: clock.nowMs(), random: Math.random() });
    this.#canary = new Canary({
      clock,
      everyMs: Math.min(BEAT_EVERY_MS, settings.silentAfterMs / 2),
      silentAfterMs: settings.silentAfterMs,
      send: (beat) => worker.send({ kind: "beat", beat }),
      onSilent,
    });
  }

  /** From now on the worker is expected to answer: its code is loaded. */
  start(): void {
    this.#canary.start();
  }

  /** A beat has come back. */
  take(beat: number, vitals: WorkerVitals): void {
    this.#canary.returned(beat);
    this.#wear.take(this.#clock.nowMs(), vitals);
  }

  /** The worker will stand still knowingly. */
  excuse(forMs: number): void {
    this.#canary.excuse(forMs);
  }

  /** Why the worker is to be replaced; undefined when it may go on. */
  recycling(): Recycling | undefined {
    return this.#wear.recycling(this.#clock.nowMs());
  }

  /** It is being replaced. Should that fail, it is left in peace for a while. */
  triedToRecycle(): void {
    this.#wear.tried(this.#clock.nowMs());
  }

  get bytesPerMinute(): number | undefined {
    return this.#wear.trend()?.bytesPerMinute;
  }

  end(): void {
    this.#canary.stop();
  }
}
