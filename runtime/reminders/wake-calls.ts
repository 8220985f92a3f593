import type { Verdict } from "../actor/actor-ref.ts";
import { TokenBucket } from "../net/token-bucket.ts";
import { entityKey } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import { TimeWheel, WheelEntry } from "./time-wheel.ts";

/** How many wake-ups may be in memory; the others are taken from the store when there is room. */
export const HELD_MAX = 20_000;
/** So many are called in one go, then the event loop has its turn. */
const CALLS_AT_A_TIME = 100;
/** One whose entity could not be reached is called again after so long, in milliseconds. */
const BUSY_RETRY_MS = 1_000;
/** The share of a second's calls that may come at once. */
const BURST_SHARE = 0.02;

class Held extends WheelEntry {
  readonly entity: EntityAddress;

  constructor(entity: EntityAddress) {
    super();
    this.entity = entity;
  }
}

/**
 * The wake-ups of the near future: when it is time, they are called, the one due first before the others, and never faster than they may be. A call that
 * nobody takes is made again. Pure but for `wake`: the time comes from the caller.
 */
export class WakeCalls {
  readonly #wake: (entity: EntityAddress) => Verdict;
  readonly #rate: TokenBucket;
  readonly #wheel: TimeWheel<Held>;
  readonly #held = new Map<string, Held>();
  /** Due, and not called yet; those before `#at` were. */
  #due: Held[] = [];
  #at = 0;
  #creditAtMs: number | undefined = undefined;
  called = 0;

  constructor(wake: (entity: EntityAddress) => Verdict, perSecond: number, nowMs: number) {
    this.#wake = wake;
    this.#rate = new TokenBucket(
      { messagesPerSecond: perSecond, burst: Math.max(1, Math.floor(perSecond * BURST_SHARE)) },
      nowMs,
    );
    this.#wheel = new TimeWheel(nowMs);
  }

  /** How many are in memory. */
  get size(): number {
    return this.#held.size;
  }

  /** How many more may be. */
  get room(): number {
    return Math.max(0, HELD_MAX - this.#held.size);
  }

  /** When there is something to do; undefined while there is nothing. */
  get nextMs(): number | undefined {
    if (this.#at < this.#due.length) return this.#creditAtMs ?? 0;
    return this.#wheel.nextMs;
  }

  /** Has an entity called at a time, or when it already is to be called earlier; false when there is no room. */
  plan(entity: EntityAddress, dueMs: number): boolean {
    const key = entityKey(entity);
    const held = this.#held.get(key);
    if (held === undefined) {
      if (this.room === 0) return false;
      const added = new Held(entity);
      this.#held.set(key, added);
      this.#wheel.add(added, dueMs);
    } else if (held.slot !== undefined && dueMs < held.dueMs) this.#wheel.add(held, dueMs);
    return true;
  }

  /** An entity need not be called. */
  forget(entity: EntityAddress): void {
    const key = entityKey(entity);
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#wheel.remove(held);
  }

  /** Calls whoever is due, as many as may be called now. */
  run(nowMs: number): void {
    for (const held of this.#wheel.advance(nowMs)) this.#due.push(held);
    this.#creditAtMs = undefined;
    for (let calls = 0; this.#at < this.#due.length;) {
      const held = this.#due[this.#at] as Held;
      if (!this.#isCurrent(held)) {
        this.#at++;
        continue;
      }
      if (calls === CALLS_AT_A_TIME) break;
      const waitMs = this.#rate.take(nowMs);
      if (waitMs > 0) {
        this.#creditAtMs = nowMs + waitMs;
        break;
      }
      this.#at++;
      calls++;
      this.#call(held, nowMs);
    }
    this.#tidy();
  }

  #isCurrent(held: Held): boolean {
    return held.slot === undefined && this.#held.get(entityKey(held.entity)) === held;
  }

  #call({ entity }: Held, nowMs: number): void {
    this.called++;
    this.#held.delete(entityKey(entity));
    if (this.#wake(entity) === "busy") this.plan(entity, nowMs + BUSY_RETRY_MS);
  }

  /** What was called is given back now and then, so that giving it back costs nothing to speak of. */
  #tidy(): void {
    if (this.#at < CALLS_AT_A_TIME && this.#at < this.#due.length) return;
    if (this.#at * 2 < this.#due.length) return;
    this.#due = this.#due.slice(this.#at);
    this.#at = 0;
  }
}
