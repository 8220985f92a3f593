/** Rooms are a whole number of these, so that bodies of about one size fit into each other's. */
const ROOM_STEP_BYTES = 131_072;
/** A room that is so many times larger than what is wanted is left for who needs it. */
const WASTE_MAX = 4;

/** Room for bodies that is used again: the collector is slow to notice large buffers that nobody holds, and who pulls makes hundreds of megabytes of them a second. */
export class BytePool {
  readonly #keptMax: number;
  #kept: Buffer[] = [];
  #keptBytes = 0;

  /** @param keptMax how much is kept that nobody uses, in bytes */
  constructor(keptMax: number) {
    this.#keptMax = keptMax;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Room for so many bytes or more; what stands in it means nothing. */
  take(bytes: number): Buffer {
    const largest = Math.max(bytes, ROOM_STEP_BYTES) * WASTE_MAX;
    const found = this.#kept.find(({ length }) => length >= bytes && length <= largest);
    if (found === undefined) return newRoom(bytes);
    this.#forget(found);
    return found;
  }

  /** Nobody uses this room any more. */
  give(room: Buffer): void {
    this.#kept.push(room);
    this.#keptBytes += room.length;
    while (this.#keptBytes > this.#keptMax) this.#forget(this.#kept[0] as Buffer);
  }

  #forget(room: Buffer): void {
    this.#kept = this.#kept.filter((kept) => kept !== room);
    this.#keptBytes -= room.length;
  }
}

function newRoom(bytes: number): Buffer {
  const steps = Math.max(1, Math.ceil(bytes / ROOM_STEP_BYTES));
  return Buffer.allocUnsafeSlow(steps * ROOM_STEP_BYTES);
}
