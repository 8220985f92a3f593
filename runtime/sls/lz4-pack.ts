const MATCH_MIN = 4;
const LENGTH_OPEN = 15;
/** The format: the last five bytes are literals, and no match begins in the last twelve. */
const LAST_LITERALS = 5;
const MATCH_START_MARGIN = 12;
const DISTANCE_MAX = 65_535;
const HASH_BITS = 14;
const HASH_FACTOR = 0x9e_37_79_b1;
/** Where nothing matches, the search takes longer and longer steps: one more byte for each 64 misses. */
const SKIP_SHIFT = 6;
/** Below this a loop copies faster than a call of the platform, in bytes. */
const SHORT_COPY = 48;

/** Packs bytes into a raw LZ4 block for a put. What cannot be packed grows by less than half a percent. Pure. */
export function packLz4(raw: Uint8Array): Uint8Array {
  return new Packing(raw).run();
}

class Packing {
  private readonly raw: Uint8Array;
  private readonly words: DataView;
  private readonly out: Uint8Array;
  private readonly seen = new Int32Array(1 << HASH_BITS).fill(-1);
  private to = 0;

  constructor(raw: Uint8Array) {
    this.raw = raw;
    this.words = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    this.out = Buffer.allocUnsafe(raw.length + Math.ceil(raw.length / 255) + 16);
  }

  run(): Uint8Array {
    const { length } = this.raw;
    let anchor = 0;
    let misses = 0;
    let at = 0;
    while (at < length - MATCH_START_MARGIN) {
      const from = this.candidate(at);
      if (from < 0) {
        at += 1 + (misses++ >> SKIP_SHIFT);
        continue;
      }
      const end = this.matchEnd(from, at);
      this.literals(anchor, at, end - at - MATCH_MIN);
      this.match(at - from, end - at - MATCH_MIN);
      anchor = at = end;
      misses = 0;
    }
    this.literals(anchor, length, 0);
    return this.out.subarray(0, this.to);
  }

  /** Where the same four bytes stood before, within reach; -1 when nowhere. */
  private candidate(at: number): number {
    const word = this.words.getInt32(at, true);
    const slot = Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);
    const from = this.seen[slot] as number;
    this.seen[slot] = at;
    const isMatch = from >= 0 && at - from <= DISTANCE_MAX && this.words.getInt32(from, true) === word;
    return isMatch ? from : -1;
  }

  private matchEnd(from: number, at: number): number {
    const { raw } = this;
    const limit = raw.length - LAST_LITERALS;
    let end = at + MATCH_MIN;
    let other = from + MATCH_MIN;
    while (end < limit && raw[end] === raw[other]) {
      end++;
      other++;
    }
    return end;
  }

  /** Writes the token of a sequence and its literals. */
  private literals(from: number, end: number, matchLength: number): void {
    const length = end - from;
    this.out[this.to++] = (Math.min(length, LENGTH_OPEN) << 4) | Math.min(matchLength, LENGTH_OPEN);
    this.rest(length);
    if (length < SHORT_COPY) {
      for (let at = from; at < end; at++) this.out[this.to++] = this.raw[at] as number;
      return;
    }
    this.out.set(this.raw.subarray(from, end), this.to);
    this.to += length;
  }

  private match(distance: number, length: number): void {
    this.out[this.to++] = distance & 255;
    this.out[this.to++] = distance >>> 8;
    this.rest(length);
  }

  /** What of a length does not fit into four bits. */
  private rest(length: number): void {
    if (length < LENGTH_OPEN) return;
    let left = length - LENGTH_OPEN;
    for (; left >= 255; left -= 255) this.out[this.to++] = 255;
    this.out[this.to++] = left;
  }
}
