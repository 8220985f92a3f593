const MATCH_MIN = 4;
/** What a length of four bits says when more bytes follow. */
const LENGTH_OPEN = 15;
/** From here on a call of the platform copies faster than a loop, in bytes. */
const LONG_COPY = 48;
/** Copies of eight bytes at a time may write this much too far. */
const SLACK = 7;

/**
 * Unpacks a raw LZ4 block, as SLS sends it: no frame, no size in front; the size comes in a header. Pure.
 * @param roomFor makes room for the outcome, which needs a little more than `size`
 * @throws RangeError when the block is damaged or does not hold exactly `size` bytes
 */
export function unpackLz4(
  block: Uint8Array,
  size: number,
  roomFor: (bytes: number) => Uint8Array = (bytes) => Buffer.allocUnsafe(bytes),
): Uint8Array {
  return new Unpacking(block, size, roomFor(size + SLACK)).run();
}

class Unpacking {
  private readonly block: Uint8Array;
  private readonly size: number;
  private readonly out: Uint8Array;
  private readonly words: DataView;
  private at = 0;
  private to = 0;

  constructor(block: Uint8Array, size: number, out: Uint8Array) {
    this.block = block;
    this.size = size;
    this.out = out;
    this.words = new DataView(out.buffer, out.byteOffset, out.byteLength);
  }

  run(): Uint8Array {
    for (;;) {
      const token = this.next();
      if (token > LENGTH_OPEN) this.copyLiterals(this.length(token >>> 4));
      if (this.at === this.block.length) break;
      const distance = this.next() | (this.next() << 8);
      this.copyMatch(distance, this.length(token & LENGTH_OPEN) + MATCH_MIN);
    }
    if (this.to !== this.size) throw this.damage(`it holds ${this.to}`);
    return this.out.subarray(0, this.size);
  }

  private next(): number {
    const byte = this.block[this.at++];
    if (byte === undefined) throw this.damage("it ends too early");
    return byte;
  }

  private length(bits: number): number {
    let length = bits;
    if (bits < LENGTH_OPEN) return length;
    for (;;) {
      const byte = this.next();
      length += byte;
      if (byte < 255) return length;
    }
  }

  private copyLiterals(length: number): void {
    const { block, out, at, to } = this;
    if (at + length > block.length) throw this.damage("it ends too early");
    if (to + length > this.size) throw this.damage("it holds more");
    if (length < LONG_COPY) {
      for (let done = 0; done < length; done++) out[to + done] = block[at + done] as number;
    } else {
      out.set(block.subarray(at, at + length), to);
    }
    this.at = at + length;
    this.to = to + length;
  }

  private copyMatch(distance: number, length: number): void {
    const { out, words, to } = this;
    const from = to - distance;
    if (distance === 0 || from < 0) throw this.damage("it points before its beginning");
    if (to + length > this.size) throw this.damage("it holds more");
    // A match that overlaps itself repeats: only a copy from the front, in steps no longer than the distance, does that.
    if (distance < MATCH_MIN) {
      for (let done = 0; done < length; done++) out[to + done] = out[from + done] as number;
    } else if (length < LONG_COPY || distance < length) {
      for (let done = 0; done < length; done += 8) {
        words.setUint32(to + done, words.getUint32(from + done, true), true);
        words.setUint32(to + done + 4, words.getUint32(from + done + 4, true), true);
      }
    } else {
      out.copyWithin(to, from, from + length);
    }
    this.to = to + length;
  }

  private damage(what: string): RangeError {
    return new RangeError(`the lz4 block is damaged: ${what}, where ${this.size} bytes were announced`);
  }
}
