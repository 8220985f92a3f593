import { Batch } from "./batch.ts";

/**
 * A frame that waits for a client who reads too slowly. Only its bytes: its batch would keep alive everything that quicker
 * members of the room were sent after it.
 */
export interface WaitingFrame {
  readonly kind: string;
  readonly bytes: Buffer;
}

/** The frames that wait for one congested socket, oldest first. */
export class Backlog {
  readonly #limitBytes: number;
  readonly #waiting = new Set<WaitingFrame>();
  #byteLength = 0;

  /** @param limitBytes how much publications may fill; answers are held down by other means */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  hasRoomFor(bytes: Buffer): boolean {
    return this.#byteLength + bytes.length <= this.#limitBytes;
  }

  /** Whether a frame still waits. */
  holds(waiting: WaitingFrame): boolean {
    return this.#waiting.has(waiting);
  }

  add(bytes: Buffer, kind: string): WaitingFrame {
    const waiting = { kind, bytes };
    this.#waiting.add(waiting);
    this.#byteLength += bytes.length;
    return waiting;
  }

  /** Takes out a frame that waits; false when it has left already. */
  remove(waiting: WaitingFrame): boolean {
    if (!this.#waiting.delete(waiting)) return false;
    this.#byteLength -= waiting.bytes.length;
    return true;
  }

  /** Takes out the oldest frames: at least one, then as many as fit into `bytesMax`. Undefined when none waits. */
  take(bytesMax: number): Batch | undefined {
    let batch: Batch | undefined;
    for (const waiting of this.#waiting) {
      if (batch !== undefined && batch.byteLength + waiting.bytes.length > bytesMax) break;
      this.remove(waiting);
      const single = Batch.of(waiting.bytes);
      batch = batch === undefined ? single : batch.with(single);
    }
    return batch;
  }
}
