import { join } from "node:path";
import { openLmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import type { EntityAddress } from "../../../runtime/persistence/entity-address.ts";
import type { LmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import type { Durability, Journal, Owner } from "../../../runtime/persistence/journal.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";

/** As many entities as a busy node has active at a time. */
export const ENTITIES = 1_000;
/** One event of a room, packed. */
export const RECORD_BYTES = 200;

/** Where the journal of this process is. */
export function benchPath(scratch: string): string {
  return join(scratch, `journal-${process.pid}`);
}

/** A journal of its own for one measurement. */
export function benchJournal(scratch: string): Promise<LmdbJournal> {
  const path = benchPath(scratch);
  return openLmdbJournal({ path, clock: new SystemClock(), incarnation: `bench-${process.pid}` });
}

/** Which entity a number stands for. */
export function benchEntity(index: number): EntityAddress {
  return { type: "bench", id: String(index) };
}

/** In whose name an entity is written. */
type OwnerOf = (index: number) => Owner;

/** Appends the next record of one entity after the other. */
export class Steps {
  /** How many were acknowledged. */
  acknowledged = 0;
  readonly #journal: Journal;
  readonly #ownerOf: OwnerOf;
  readonly #durability: Durability;
  readonly #versions = new Uint32Array(ENTITIES);
  readonly #bytes = new Uint8Array(RECORD_BYTES).fill(7);
  #next = 0;

  constructor(journal: Journal, ownerOf: OwnerOf, durability: Durability) {
    this.#journal = journal;
    this.#ownerOf = ownerOf;
    this.#durability = durability;
  }

  async append(): Promise<void> {
    const index = this.#next++ % ENTITIES;
    const expectedVersion = this.#versions[index] ?? 0;
    this.#versions[index] = expectedVersion + 1;
    const answer = await this.#journal.append({
      entity: benchEntity(index),
      owner: this.#ownerOf(index),
      expectedVersion,
      bytes: this.#bytes,
      atMs: Date.now(),
      durability: this.#durability,
    });
    if (answer.kind !== "appended") throw new Error(`an append was answered ${answer.kind}`);
    this.acknowledged += 1;
  }
}

/** Keeps so many steps under way for so long; answers how many ended a second. */
export async function perSecond(step: () => Promise<void>, inFlight: number, forMs: number): Promise<number> {
  let count = 0;
  const startMs = performance.now();
  const endMs = startMs + forMs;
  const one = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await step();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return (count * 1_000) / (performance.now() - startMs);
}
