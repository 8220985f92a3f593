import type { ActorSystem } from "../kernel/actor-system.ts";
import type { Place } from "./place.ts";
import { Recency } from "./recency.ts";

/** How often an entity is looked at while it is idle: so many times in its time. */
const LOOKS_PER_PERIOD = 8;
/** Entities that are looked at to find an idle one, when there is no room for another. */
const LOOKS_MAX = 1_000;

/** The entities in memory, of all types: how many there may be, and who leaves first. */
export class ActiveEntities {
  readonly #system: ActorSystem;
  readonly #recency = new Recency();
  readonly #max: number;
  /** Another process takes over: none may be activated here. */
  areLeaving = false;

  constructor(system: ActorSystem, max: number) {
    this.#system = system;
    this.#max = max;
  }

  get size(): number {
    return this.#recency.size;
  }

  /** Whether one of them has mail that it will handle, or waits for the journal. */
  get areAtWork(): boolean {
    return this.#recency.some((place) => place.isAtWork);
  }

  add(place: Place): void {
    this.#recency.add(place);
    this.#use(place);
    this.#system.deadlines.add(place, place.kind.definition.passivateAfterMs);
  }

  /** It is needed now. */
  touch(place: Place): void {
    this.#recency.touch(place);
    this.#use(place);
  }

  remove(place: Place): void {
    place.cancel();
    this.#recency.remove(place);
  }

  /** Makes sure that one more may be activated; the idle one that was used longest ago has to go. False when none is idle. */
  makeRoom(): boolean {
    for (let looks = 0; this.size >= this.#max && looks < LOOKS_MAX; looks++) {
      const { oldest } = this.#recency;
      if (oldest === undefined) break;
      if (oldest.isIdle) oldest.leave();
      // In use, whatever it is that it does.
      else this.#recency.touch(oldest);
    }
    return this.size < this.#max;
  }

  /** Its time is up, unless it was needed meanwhile. */
  lookAt(place: Place): void {
    const { passivateAfterMs } = place.kind.definition;
    const leftMs = passivateAfterMs - (this.#system.clock.nowMs() - place.lastUsedMs);
    if (leftMs <= 0 && place.isIdle) return place.retire();
    // In coarse steps: deadlines of the same delay share a timer.
    const stepMs = Math.max(1, Math.ceil(passivateAfterMs / LOOKS_PER_PERIOD));
    this.#system.deadlines.add(place, leftMs <= 0 ? passivateAfterMs : Math.ceil(leftMs / stepMs) * stepMs);
  }

  #use(place: Place): void {
    place.lastUsedMs = this.#system.dispatcher.tick();
  }
}
