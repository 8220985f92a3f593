import { isFault } from "../fault.ts";
import type { Fault } from "../fault.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import { HASH_SLOTS, slotOf } from "../redis/key-slot.ts";
import { entityKeys } from "../redis/redis-keys.ts";
import type { Clock } from "../time/clock.ts";

/** Parts in which entities are looked at: a shard of a Redis Cluster may be full while the others are not. */
const PARTS = 64;
/** How often it is tried whether a part has room again, in milliseconds. */
export const TRY_EVERY_MS = 1_000;

interface FullPart {
  readonly fault: Fault;
  tryAtMs: number;
}

/**
 * Knows in which parts of the journal there is no room. What an entity decides there is refused without being tried, but for one try a second: each that is tried
 * and refused has to load its state again, which would be a storm of loads just when the store is in trouble.
 */
export class RoomLeft {
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #full = new Map<number, FullPart>();

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** Why nothing of this entity can be stored, as far as is known; undefined when it is to be tried. */
  refusal(entity: EntityAddress): Fault | undefined {
    // Nearly always.
    if (this.#full.size === 0) return undefined;
    const part = this.#full.get(partOf(entity));
    if (part === undefined) return undefined;
    const nowMs = this.#clock.nowMs();
    if (nowMs < part.tryAtMs) return part.fault;
    part.tryAtMs = nowMs + TRY_EVERY_MS;
    return undefined;
  }

  /** How an append of this entity has ended: stored, unless there is a failure. One that is not for want of room says that there may be some. */
  note(entity: EntityAddress, failure: Error | undefined): void {
    const fault = failure?.cause;
    if (isFault(fault, "journalFull")) {
      this.#full.set(partOf(entity), { fault, tryAtMs: this.#clock.nowMs() + TRY_EVERY_MS });
    } else if (this.#full.size > 0) this.#full.delete(partOf(entity));
  }
}

function partOf(entity: EntityAddress): number {
  return Math.floor((slotOf(entityKeys(entity).own) * PARTS) / HASH_SLOTS);
}
