import { Buffer } from "node:buffer";

/**
 * Encoded frames that leave one socket together, as a persistent list. Sockets that were given the same frames in the
 * same order hold the same batch, so what a room says in a turn is joined once for all its members. Pure.
 */
export class Batch {
  readonly byteLength: number;
  readonly frames: number;
  readonly #earlier: Batch | undefined;
  readonly #last: Buffer;
  #joined: Buffer | undefined;
  /** The longer batch asked for last: the next member of the room asks for the same one. */
  #longer: Batch | undefined = undefined;

  private constructor(earlier: Batch | undefined, last: Buffer) {
    this.#earlier = earlier;
    this.#last = last;
    this.#joined = earlier === undefined ? last : undefined;
    this.byteLength = last.length + (earlier === undefined ? 0 : earlier.byteLength);
    this.frames = earlier === undefined ? 1 : earlier.frames + 1;
  }

  /** A batch of one frame. */
  static of(frame: Buffer): Batch {
    return new Batch(undefined, frame);
  }

  /** This batch and one frame more; the same object when the same frame is added again. */
  with(single: Batch): Batch {
    const known = this.#longer;
    if (known !== undefined && known.#last === single.#last) return known;
    return (this.#longer = new Batch(this, single.#last));
  }

  /** All bytes in order, put together at the first call. */
  join(): Buffer {
    return (this.#joined ??= this.#concat());
  }

  #concat(): Buffer {
    const joined = Buffer.allocUnsafe(this.byteLength);
    let start = this.byteLength - this.#last.length;
    joined.set(this.#last, start);
    for (let batch = this.#earlier; batch !== undefined; batch = batch.#earlier) {
      start -= batch.#last.length;
      joined.set(batch.#last, start);
    }
    return joined;
  }
}
