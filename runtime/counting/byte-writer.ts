const FIRST_BYTES = 1_024;
/** The largest number of either sign that is written as it is. */
const SIGNED_MAX = 2 ** 52 - 1;
const encoder = new TextEncoder();

/** Writes numbers and texts in few bytes; the same values always give the same bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte; what is larger is written as the largest, so that everything written can be read. */
  whole(value: number): void {
    this.#room(8);
    let rest = value > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = 0x80 | (rest % 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** A whole number of either sign, up to 2^52 - 1; what is larger is written as the largest. */
  signed(value: number): void {
    const kept = Math.min(SIGNED_MAX, Math.max(-SIGNED_MAX, value));
    this.whole(kept < 0 ? -2 * kept - 1 : 2 * kept);
  }

  text(value: string): void {
    this.raw(encoder.encode(value));
  }

  /** Bytes with their length. */
  raw(value: Uint8Array): void {
    this.whole(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
