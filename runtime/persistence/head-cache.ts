import type { Owner } from "./journal.ts";

/** Where an entity stands: what the next write of it is held against. */
export interface Head {
  readonly version: number;
  /** Who wrote last; undefined for an entity that nobody has written. */
  readonly owner: Owner | undefined;
  /** 0 without one. */
  readonly snapshotVersion: number;
}

/** Entities whose head is remembered; the least recently written go first. */
const HEADS_MAX = 20_000;

/** The heads of the entities written lately: true as long as nobody else writes the store. */
export class HeadCache {
  readonly #heads = new Map<string, Head>();

  get(key: string): Head | undefined {
    return this.#heads.get(key);
  }

  set(key: string, head: Head): void {
    this.#heads.delete(key);
    this.#heads.set(key, head);
    if (this.#heads.size <= HEADS_MAX) return;
    for (const oldest of this.#heads.keys()) {
      this.#heads.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.#heads.delete(key);
  }

  /** After a transaction that was given up, nothing in here is true. */
  clear(): void {
    this.#heads.clear();
  }
}
