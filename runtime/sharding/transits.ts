import type { ActorSystem } from "../kernel/actor-system.ts";
import type { EntityType } from "./entity-type.ts";
import { Transit, WAIT_MAX_MS } from "./transit.ts";

/** Entities for which something may wait at once. */
export const TRANSITS_MAX = 50_000;

/** The entities that cannot be reached at this moment, and what waits for them. */
export class Transits {
  readonly #system: ActorSystem;
  readonly #onExpired: (transit: Transit) => void;
  readonly #transits = new Map<string, Transit>();

  constructor(system: ActorSystem, onExpired: (transit: Transit) => void) {
    this.#system = system;
    this.#onExpired = onExpired;
  }

  get size(): number {
    return this.#transits.size;
  }

  /** Messages that wait. */
  get waiting(): number {
    let waiting = 0;
    for (const { size } of this.#transits.values()) waiting += size;
    return waiting;
  }

  get(key: string): Transit | undefined {
    return this.#transits.get(key);
  }

  all(): readonly Transit[] {
    return [...this.#transits.values()];
  }

  /** That of an entity for which nothing waits yet; undefined when there are too many. */
  open(type: EntityType, id: string): Transit | undefined {
    if (this.#transits.size >= TRANSITS_MAX) return undefined;
    const transit = new Transit(type, id, this.#onExpired);
    this.#transits.set(transit.key, transit);
    this.again(transit);
    return transit;
  }

  /** What waits may wait once more. */
  again(transit: Transit): void {
    this.#system.deadlines.add(transit, WAIT_MAX_MS);
  }

  close(transit: Transit): void {
    transit.cancel();
    if (this.#transits.get(transit.key) === transit) this.#transits.delete(transit.key);
  }
}
