import type { Framing } from "./framing.ts";

/** The first room for a frame that comes in pieces, in bytes. */
const ROOM_BYTES_MIN = 256;

/** Takes frames out of the chunks of a stream. Keeps what has come of one frame, never more. Pure. */
export class FrameStream {
  readonly #framing: Framing;
  readonly #frameBytesMax: number;
  #room: Buffer | undefined = undefined;
  #filled = 0;
  #refused = false;

  constructor(framing: Framing, frameBytesMax: number) {
    this.#framing = framing;
    this.#frameBytesMax = frameBytesMax;
  }

  /** How many bytes wait for the rest of their frame. */
  get waitingBytes(): number {
    return this.#filled;
  }

  /**
   * Hands each frame that `chunk` completes to `onFrame`; a frame is valid until `onFrame` returns.
   * @returns why the stream cannot be read any further; from then on everything is ignored
   */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): string | undefined {
    if (this.#refused) return undefined;
    const waited = this.#filled;
    let rest = waited === 0 ? chunk : this.#append(chunk);
    for (let searched = waited; ; searched = 0) {
      const taken = this.#framing.take(rest, searched, this.#frameBytesMax);
      if (taken.kind === "refused") return this.#refuse(taken.text);
      if (taken.kind === "partial") break;
      onFrame(taken.frame);
      rest = rest.subarray(taken.used);
      if (rest.length === 0) break;
    }
    this.#keep(rest);
    return undefined;
  }

  /** Gives out what waits for the rest of its frame, and forgets it. */
  takeWaiting(): Buffer {
    const waiting = Buffer.from(this.#room?.subarray(0, this.#filled) ?? []);
    this.#room = undefined;
    this.#filled = 0;
    return waiting;
  }

  #refuse(text: string): string {
    this.#refused = true;
    this.#room = undefined;
    this.#filled = 0;
    return text;
  }

  /** Doubles the room, so that a frame that comes byte by byte is not copied for each of them. */
  #append(chunk: Buffer): Buffer {
    const size = this.#filled + chunk.length;
    if (this.#room === undefined || this.#room.length < size) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size, 2 * (this.#room?.length ?? 0)));
      this.#room?.copy(larger, 0, 0, this.#filled);
      this.#room = larger;
    }
    chunk.copy(this.#room, this.#filled);
    this.#filled = size;
    return this.#room.subarray(0, size);
  }

  /** What is left moves to a room of its own size, unless it already has one: a long frame leaves no empty room behind. */
  #keep(rest: Buffer): void {
    const inPlace = rest.buffer === this.#room?.buffer && rest.byteOffset === this.#room.byteOffset;
    this.#filled = rest.length;
    if (rest.length === 0) this.#room = undefined;
    else if (!inPlace) {
      this.#room = Buffer.allocUnsafeSlow(Math.max(rest.length, ROOM_BYTES_MIN));
      rest.copy(this.#room);
    }
  }
}
