/** The wire types of Protobuf that are in use; 3 and 4 (groups) are not, here as elsewhere. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const LONGEST_VARINT = 10;

/** What was read is no Protobuf; the text says what is wrong. */
export class DamagedBytes extends Error {
  constructor(text: string) {
    super(text);
    this.name = "DamagedBytes";
  }
}

/** Walks over Protobuf in place: numbers are read, everything else is only stepped over. */
export class WireReader {
  readonly bytes: Uint8Array;
  at = 0;
  /** Where the message that is being read ends. */
  end: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Reads a number; what is beyond 2^53 comes back inexact, as no number of SLS is. @throws DamagedBytes */
  varint(): number {
    const first = this.at < this.end ? (this.bytes[this.at] as number) : 128;
    if (first > 127) return this.#longVarint();
    this.at++;
    return first;
  }

  /** Steps to the beginning of a part that has its length in front, and says where it ends. @throws DamagedBytes */
  enter(): number {
    const length = this.varint();
    if (length > this.end - this.at) throw new DamagedBytes("a part is longer than the whole");
    return this.at + length;
  }

  fixed32(): number {
    const { bytes, at } = this;
    this.#step(4);
    const high = (bytes[at + 3] as number) * 0x1_00_00_00;
    return (
      high + (((bytes[at + 2] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at] as number))
    );
  }

  /** Steps over the value of a field that nobody wants. @throws DamagedBytes */
  skip(tag: number): void {
    const type = tag & 7;
    if (tag < 8) throw new DamagedBytes("a field has no number");
    if (type === WIRE.varint) this.varint();
    else if (type === WIRE.fixed64) this.#step(8);
    else if (type === WIRE.bytes) this.at = this.enter();
    else if (type === WIRE.fixed32) this.#step(4);
    else throw new DamagedBytes(`a field has the unknown wire type ${type}`);
  }

  #longVarint(): number {
    let value = 0;
    let factor = 1;
    for (let read = 0; read < LONGEST_VARINT; read++) {
      if (this.at >= this.end) throw new DamagedBytes("it ends within a number");
      const byte = this.bytes[this.at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new DamagedBytes("a number is longer than ten bytes");
  }

  #step(bytes: number): void {
    if (bytes > this.end - this.at) throw new DamagedBytes("it ends within a field");
    this.at += bytes;
  }
}
