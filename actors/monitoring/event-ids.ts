import { createHash } from "node:crypto";
import { LATE_MS } from "../../runtime/counting/batch-time.ts";
import { blockOf } from "../../runtime/counting/cells.ts";

/** Ids that are remembered: what belongs to blocks of which they are forgotten is too late. */
export const EVENT_IDS_MAX = 200_000;

/** Of each id its digest is kept, 66 bits in 11 letters: among as many as are remembered two are taken for one in less than one of a billion cases. */
const LETTERS = 11;

/** The ids of what services have told, by block, for as long as anything is counted that is not too late. */
export class EventIds {
  readonly #known = new Set<string>();
  readonly #blocks = new Map<number, string[]>();
  /** Of blocks before this one nothing is known any more. */
  forgottenBefore = 0;

  has(id: string): boolean {
    return this.#known.has(digestOf(id));
  }

  /** Whether it could still be told that something was counted before. */
  covers(atMs: number): boolean {
    return blockOf(atMs) >= this.forgottenBefore;
  }

  add(id: string, atMs: number): void {
    const block = blockOf(atMs);
    const digest = digestOf(id);
    const digests = this.#blocks.get(block);
    if (digests === undefined) this.#blocks.set(block, [digest]);
    else digests.push(digest);
    this.#known.add(digest);
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

function digestOf(id: string): string {
  return createHash("sha256").update(id).digest("base64url").slice(0, LETTERS);
}

/** How they are stored. */
export interface StoredIds {
  readonly forgottenBefore: number;
  readonly blocks: readonly (readonly [block: number, ids: readonly string[]])[];
}
