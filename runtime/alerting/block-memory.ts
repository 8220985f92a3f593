/** Blocks that are remembered: four weeks, and as much more as clocks may have been changed and neighbours may be away. */
export const MEMORY_BLOCKS = 29 * 500;
const UNKNOWN = Number.NaN;

/** What was counted in the latest blocks, as logarithms. What was left out is not there: it was bad, or nothing was counted yet. */
export class BlockMemory {
  #logs: Float32Array;
  /** The block after the latest that was ever noted. */
  #end: number;
  /** The first block of which anything was ever noted; undefined before that. */
  firstBlock: number | undefined = undefined;

  constructor() {
    // It grows with what it holds: few rules need it at all.
    this.#logs = new Float32Array(0);
    this.#end = 0;
  }

  /** The logarithm of one more than what was counted; undefined where that is not known. */
  at(block: number): number | undefined {
    if (block >= this.#end || block < this.#end - MEMORY_BLOCKS || this.#logs.length === 0) return undefined;
    const log = this.#logs[block % MEMORY_BLOCKS] as number;
    return Number.isNaN(log) ? undefined : log;
  }

  /** Notes a block. Those between it and the latest are not known. */
  note(block: number, count: number): void {
    if (block < this.#end - MEMORY_BLOCKS) return;
    if (this.#logs.length === 0) {
      this.#logs = new Float32Array(MEMORY_BLOCKS).fill(UNKNOWN);
      this.#end = block;
    }
    const from = Math.max(this.#end, block - MEMORY_BLOCKS + 1);
    for (let between = from; between < block; between++) this.#logs[between % MEMORY_BLOCKS] = UNKNOWN;
    this.#end = Math.max(this.#end, block + 1);
    this.#logs[block % MEMORY_BLOCKS] = Math.log1p(Math.max(0, count));
    this.firstBlock = Math.min(this.firstBlock ?? block, block);
  }

  copy(): BlockMemory {
    const copy = new BlockMemory();
    copy.#logs = this.#logs.slice();
    copy.#end = this.#end;
    copy.firstBlock = this.firstBlock;
    return copy;
  }

  /** The same as plain data. */
  dump(): StoredMemory {
    if (this.firstBlock === undefined) return {};
    const from = Math.max(this.firstBlock, this.#end - MEMORY_BLOCKS);
    const logs = new Float32Array(this.#end - from);
    for (let block = from; block < this.#end; block++) logs[block - from] = this.at(block) ?? UNKNOWN;
    return { firstBlock: this.firstBlock, from, logs: new Uint8Array(logs.buffer) };
  }

  /** Counts of blocks that follow each other, as bytes; what is not known is undefined. */
  static encode(counts: readonly (number | undefined)[]): Uint8Array {
    return new Uint8Array(Float32Array.from(counts, (count) => count ?? UNKNOWN).buffer);
  }

  /** Reads those that are known. */
  static forEachCount(bytes: Uint8Array, visit: (index: number, count: number) => void): void {
    floatsOf(bytes).forEach((count, index) => {
      if (!Number.isNaN(count)) visit(index, count);
    });
  }

  static load({ firstBlock, from = 0, logs }: StoredMemory): BlockMemory {
    const memory = new BlockMemory();
    if (logs === undefined) return memory;
    const known = floatsOf(logs);
    memory.#logs = new Float32Array(MEMORY_BLOCKS).fill(UNKNOWN);
    known.forEach((log, index) => (memory.#logs[(from + index) % MEMORY_BLOCKS] = log));
    memory.#end = from + known.length;
    memory.firstBlock = firstBlock;
    return memory;
  }
}

/** Bytes that were read may be a part of others, and begin anywhere; numbers may not. A slice of a Buffer would be no copy. */
function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

/** How it is stored. */
export interface StoredMemory {
  readonly firstBlock?: number | undefined;
  readonly from?: number;
  readonly logs?: Uint8Array;
}
