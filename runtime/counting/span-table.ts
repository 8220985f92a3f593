const FIRST_SLOTS = 64;
const FIRST_BYTES = 1_024;
/** Longer texts are cut, in bytes. */
const TEXT_BYTES_MAX = 256;
const decoder = new TextDecoder();

/** Two independent hashes of a text, 32 bits each. */
export interface SpanHashes {
  a: number;
  b: number;
}

/** Hashes a span of bytes (two lanes of MurmurHash3's mixing). Pure, but for where it writes. */
export function hashSpan(bytes: Uint8Array, start: number, end: number, into: SpanHashes): void {
  let a = 0x9747b28c;
  let b = 0x3c6ef372;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    a = Math.imul(a ^ byte, 0x5bd1e995);
    a ^= a >>> 15;
    b = Math.imul(b + byte, 0x01000193) ^ (b >>> 13);
  }
  into.a = mixed(a ^ (end - start));
  into.b = mixed(b + 0x9e3779b9 * (end - start));
}

function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Gives each different text a number, from 0 on, without making a string of it. */
export class SpanTable {
  /** A number plus one where there is a text. */
  #slots = new Int32Array(FIRST_SLOTS);
  #bytes = new Uint8Array(FIRST_BYTES);
  #used = 0;
  readonly #ends: number[] = [];
  readonly #hashes: number[] = [];

  get size(): number {
    return this.#ends.length;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#used = 0;
    this.#ends.length = 0;
    this.#hashes.length = 0;
  }

  /** The number of a text; -1 when it is a new one and there are `max` already. */
  numberOf(bytes: Uint8Array, start: number, wholeEnd: number, max: number): number {
    const end = Math.min(wholeEnd, start + TEXT_BYTES_MAX);
    const hash = quickHash(bytes, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) break;
      if (this.#hashes[number] === hash && this.#equals(number, bytes, start, end)) return number;
      slot = (slot + 1) & mask;
    }
    if (this.size >= max) return -1;
    return this.#add(slot, hash, bytes.subarray(start, end));
  }

  textOf(number: number): string {
    return decoder.decode(this.#bytes.subarray(this.#startOf(number), this.#ends[number]));
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] as number);
  }

  #equals(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    let own = this.#startOf(number);
    if ((this.#ends[number] as number) - own !== end - start) return false;
    for (let at = start; at < end; at++) if (this.#bytes[own++] !== bytes[at]) return false;
    return true;
  }

  #add(slot: number, hash: number, text: Uint8Array): number {
    if (this.#used + text.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#used + text.length));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    this.#bytes.set(text, this.#used);
    this.#used += text.length;
    const number = this.#ends.push(this.#used) - 1;
    this.#hashes.push(hash);
    this.#slots[slot] = number + 1;
    if (2 * this.size > this.#slots.length) this.#spread();
    return number;
  }

  #spread(): void {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(4 * this.size)));
    const mask = this.#slots.length - 1;
    this.#hashes.forEach((hash, number) => {
      let slot = hash & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    });
  }
}

/** FNV-1a, and its upper bits brought down to where the mask looks. */
function quickHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
