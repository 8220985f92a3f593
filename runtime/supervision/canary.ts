import type { Cancel, Clock } from "../time/clock.ts";

/** Where canaries go, how often, and what becomes of it when none comes back. */
export interface CanaryOptions {
  /** Give it an `ActiveClock`: a watcher that was paused itself blames nobody. */
  readonly clock: Clock;
  readonly everyMs: number;
  /** How long none may have come back while one is out. */
  readonly silentAfterMs: number;
  /** Sends canary number `n` through what is watched. */
  readonly send: (n: number) => void;
  /** None has come back for so long. Called once; `start` begins anew. */
  readonly onSilent: (silentMs: number) => void;
}

/**
 * Finds out whether what is sent still comes back. A connection whose other side is gone without a word looks like one
 * on which there is nothing to say: only something sent through the very same path tells them apart.
 */
export class Canary {
  readonly #options: CanaryOptions;
  /** When each that is out was sent, by number, the oldest first; at most as many as fit into the limit. */
  readonly #out = new Map<number, number>();
  #last = 0;
  #quietSinceMs = 0;
  #excusedMs = 0;
  #cancel: Cancel | undefined = undefined;
  /** Between sending and coming back of the latest that came back, in milliseconds; undefined before. */
  roundTripMs: number | undefined = undefined;

  constructor(options: CanaryOptions) {
    this.#options = options;
  }

  /** Sends the first one now. Begins anew when it runs already: what was sent before is forgotten. */
  start(): void {
    this.stop();
    this.#next();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#out.clear();
    this.#excusedMs = 0;
  }

  /** Canary `n` has come back. A number that is not out is harmless. */
  returned(n: number): void {
    const sentAtMs = this.#out.get(n);
    if (sentAtMs === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    this.roundTripMs = nowMs - sentAtMs;
    this.#quietSinceMs = nowMs;
    this.#excusedMs = 0;
    // Those before it are lost, or late: either way the path works.
    for (const older of this.#out.keys()) if (older <= n) this.#out.delete(older);
  }

  /** The other side has said that it will be silent: the limit is `ms` longer until the next one comes back. */
  excuse(ms: number): void {
    this.#excusedMs = Math.max(this.#excusedMs, ms);
  }

  readonly #next = (): void => {
    const { clock, everyMs, silentAfterMs, send, onSilent } = this.#options;
    const nowMs = clock.nowMs();
    // While none is out nobody owes anything.
    if (this.#out.size === 0) this.#quietSinceMs = nowMs;
    const silentMs = nowMs - this.#quietSinceMs;
    if (silentMs >= silentAfterMs + this.#excusedMs) {
      this.stop();
      return onSilent(silentMs);
    }
    this.#cancel = clock.after(everyMs, this.#next);
    this.#out.set(++this.#last, nowMs);
    send(this.#last);
  };
}
