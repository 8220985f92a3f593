/** How many bytes a number takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes Protobuf into a buffer whose size was counted before. */
export class WireWriter {
  readonly bytes: Buffer;
  #at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  varint(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.bytes[this.#at++] = (rest % 128) | 128;
    this.bytes[this.#at++] = rest;
  }

  fixed32(value: number): void {
    this.#at = this.bytes.writeUInt32LE(value, this.#at);
  }

  /** Writes a field that holds a text or bytes. */
  value(tag: number, value: string | Uint8Array): void {
    this.varint(tag);
    this.varint(byteLength(value));
    if (typeof value === "string") this.#at += this.bytes.write(value, this.#at);
    else {
      this.bytes.set(value, this.#at);
      this.#at += value.length;
    }
  }
}

/** How many bytes a value takes, without its length. */
export function byteLength(value: string | Uint8Array): number {
  return typeof value === "string" ? Buffer.byteLength(value) : value.length;
}
