import { createHash } from "node:crypto";
import { LATE_MS } from "../../runtime/counting/batch-time.ts";
import { BLOCK_MS, blockOf } from "../../runtime/counting/cells.ts";

/** Ids that are taken within one block of time: whoever tells more is asked to come again in the next one. */
export const BLOCK_IDS_MAX = 200_000;
/** How many are remembered for each that is taken within one block: what belongs to blocks of which they are forgotten is too late. Twice as many as those of a block, so that what was told to come again finds its own block known. */
const BLOCKS_FULL = 2;

/** Of each id its digest is kept, 64 bits: among as many as are remembered a new one is taken for another in less than one of ten trillion cases. */
const DIGEST_BYTES = 8;

/** The ids of what services have told, by the block in which they were, for as long as anything is counted that is not too late. */
export class EventIds {
  readonly #known = new Set<string>();
  readonly #blocks = new Map<number, string[]>();
  readonly #blockMax: number;
  /** Of blocks before this one nothing is known any more. */
  forgottenBefore = 0;

  /** @param blockMax how many are taken within one block */
  constructor(blockMax = BLOCK_IDS_MAX) {
    this.#blockMax = blockMax;
  }

  has(id: string): boolean {
    return this.#known.has(digestOf(id));
  }

  /** Whether it could still be told that something was counted before. */
  covers(atMs: number): boolean {
    return blockOf(atMs) >= this.forgottenBefore;
  }

  /** Whether another one can be remembered without forgetting any of the present block. */
  hasRoom(atMs: number, nowMs: number): boolean {
    if ((this.#blocks.get(filedAt(atMs, nowMs))?.length ?? 0) >= this.#blockMax) return false;
    return (
      this.#known.size < BLOCKS_FULL * this.#blockMax || Math.min(...this.#blocks.keys()) < blockOf(nowMs)
    );
  }

  /** @param nowMs when it was told */
  add(id: string, atMs: number, nowMs: number): void {
    const block = filedAt(atMs, nowMs);
    const digest = digestOf(id);
    const digests = this.#blocks.get(block);
    if (digests === undefined) this.#blocks.set(block, [digest]);
    else digests.push(digest);
    this.#known.add(digest);
    this.#forget(blockOf(Math.max(0, nowMs - LATE_MS)));
    const max = BLOCKS_FULL * this.#blockMax;
    while (this.#known.size > max) this.#forget(Math.min(...this.#blocks.keys()) + 1);
  }

  /** What belongs to blocks of which anything was known is too late from now on. */
  forgetAll(): void {
    this.#forget(Math.max(-1, ...this.#blocks.keys()) + 1);
  }

  dump(): StoredIds {
    const blocks = [...this.#blocks].sort(([a], [b]) => a - b);
    return {
      forgottenBefore: this.forgottenBefore,
      blocks: blocks.map(([block, digests]) => [block, Buffer.from(digests.join(""), "latin1")]),
    };
  }

  static load({ forgottenBefore, blocks }: StoredIds): EventIds {
    const ids = new EventIds();
    ids.forgottenBefore = forgottenBefore;
    for (const [block, stored] of blocks) {
      const text = Buffer.from(stored).toString("latin1");
      const digests: string[] = [];
      for (let at = 0; at < text.length; at += DIGEST_BYTES) digests.push(text.slice(at, at + DIGEST_BYTES));
      ids.#blocks.set(block, digests);
      for (const digest of digests) ids.#known.add(digest);
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

/** How long it is until ids of another block are taken, in milliseconds. Pure. */
export function nextBlockInMs(nowMs: number): number {
  return BLOCK_MS - (nowMs % BLOCK_MS);
}

/** What is told late is filed where it was told: there is room for it, and it is known for longer. */
function filedAt(atMs: number, nowMs: number): number {
  return Math.max(blockOf(atMs), blockOf(nowMs));
}

function digestOf(id: string): string {
  return createHash("sha256").update(id).digest().toString("latin1", 0, DIGEST_BYTES);
}

/** How they are stored: the digests of a block one after the other. */
export interface StoredIds {
  readonly forgottenBefore: number;
  readonly blocks: readonly (readonly [block: number, digests: Uint8Array])[];
}

/** As they were stored before: each digest a text. */
interface TextIds {
  readonly forgottenBefore: number;
  readonly blocks: readonly (readonly [block: number, ids: readonly string[]])[];
}

/** Lifts what was stored with texts. Pure. */
export function idsFromTexts({ forgottenBefore, blocks }: TextIds): StoredIds {
  return {
    forgottenBefore,
    blocks: blocks.map(([block, texts]) => {
      const digests = texts.map((text) => Buffer.from(text, "base64url").subarray(0, DIGEST_BYTES));
      return [block, Buffer.concat(digests)] as const;
    }),
  };
}
