import { LATE_MS } from "../../runtime/counting/batch-time.ts";
import { blockOf } from "../../runtime/counting/cells.ts";

/** Ids that are remembered: what belongs to blocks of which they are forgotten is too late. */
export const EVENT_IDS_MAX = 200_000;

/** The ids of what services have told, by block: exact, for as long as anything is counted that is not too late. */
export class EventIds {
  readonly #known = new Set<string>();
  readonly #blocks = new Map<number, string[]>();
  /** Of blocks before this one nothing is known any more. */
  forgottenBefore = 0;

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** Whether it could still be told that something was counted before. */
  covers(atMs: number): boolean {
    return blockOf(atMs) >= this.forgottenBefore;
  }

  add(id: string, atMs: number): void {
    const block = blockOf(atMs);
    const ids = this.#blocks.get(block);
    if (ids === undefined) this.#blocks.set(block, [id]);
    else ids.push(id);
    this.#known.add(id);
    this.#forget(blockOf(Math.max(0, atMs - LATE_MS)));
    while (this.#known.size > EVENT_IDS_MAX) this.#forget(Math.min(...this.#blocks.keys()) + 1);
  }

  dump(): StoredIds {
    const blocks = [...this.#blocks].sort(([a], [b]) => a - b);
    return { forgottenBefore: this.forgottenBefore, blocks };
  }

  static load({ forgottenBefore, blocks }: StoredIds): EventIds {
    const ids = new EventIds();
    ids.forgottenBefore = forgottenBefore;
    for (const [block, known] of blocks) {
      ids.#blocks.set(block, [...known]);
      for (const id of known) ids.#known.add(id);
    }
    return ids;
  }

  #forget(before: number): void {
    if (before <= this.forgottenBefore) return;
    this.forgottenBefore = before;
    for (const [block, ids] of this.#blocks) {
      if (block >= before) continue;
      for (const id of ids) this.#known.delete(id);
      this.#blocks.delete(block);
    }
  }
}

/** How they are stored. */
export interface StoredIds {
  readonly forgottenBefore: number;
  readonly blocks: readonly (readonly [block: number, ids: readonly string[]])[];
}
