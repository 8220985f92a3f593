import type { Row } from "../../runtime/counting/row.ts";

/** For readers of logs: the one row that they fill for each record of a batch. */
export class RowSpans implements Row {
  bytes: Uint8Array;
  timeMs = Number.NaN;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Where the bytes of the log end: behind it is room for values that do not stand in it as they are. */
  readonly #spareAt: number;
  #spareUsed = 0;

  /** `spareAt` is where the room begins that may be written to; there is none unless given. */
  constructor(bytes: Uint8Array, fields: number, spareAt: number = bytes.length) {
    this.bytes = bytes;
    this.starts = new Int32Array(fields);
    this.ends = new Int32Array(fields);
    this.#spareAt = spareAt;
  }

  /** Begins the next record. */
  clear(): void {
    this.timeMs = Number.NaN;
    this.starts.fill(-1);
    this.#spareUsed = 0;
  }

  set(field: number, start: number, end: number): void {
    this.starts[field] = start;
    this.ends[field] = end;
  }

  /** Makes room for a value of so many bytes; -1 when there is none. */
  reserve(length: number): number {
    const at = this.#spareAt + this.#spareUsed;
    if (at + length > this.bytes.length) return -1;
    this.#spareUsed += length;
    return at;
  }
}
