/** Parcels that go together. */
export interface Batch {
  /** The number of the first one. */
  readonly first: number;
  readonly parcels: readonly Uint8Array[];
}

/** Parcels of a frame, and their bytes; one parcel that is larger goes alone. */
export const FRAME_PARCELS_MAX = 256;
export const FRAME_BYTES_MAX = 64 * 1024;
/** The largest parcel that is taken at all. */
export const PARCEL_BYTES_MAX = 4 * 1024 * 1024;
/** How many parcels beyond those that are handled a receiver lets a sender send. */
export const CREDIT_PARCELS = 16_384;
/** Parcels that are kept for one receiver, sent or not, and their bytes. */
export const OUTBOX_PARCELS_MAX = 32_768;
export const OUTBOX_BYTES_MAX = 16 * 1024 * 1024;

/** The list is shortened when at least so many at its front are gone, and half of it. */
const DROP_AT = 1024;
/** In the place of what is gone: nothing of it stays in memory. */
const GONE = new Uint8Array(0);

/**
 * Keeps parcels for one receiver, numbered from 1, until they are acknowledged: those that were sent, and behind them those that wait. Bounded in
 * both parcels and bytes. Pure.
 */
export class Outbox {
  #parcels: Uint8Array[] = [];
  /** Where the first one is that is not acknowledged. */
  #head = 0;
  /** Its number. */
  #firstNumber = 1;
  #sent = 0;
  #limit = CREDIT_PARCELS;
  #bytes = 0;

  /** Everything up to this number is acknowledged. */
  get handled(): number {
    return this.#firstNumber - 1;
  }

  /** Everything up to this number was sent. */
  get sent(): number {
    return this.#sent;
  }

  /** How many are kept. */
  get kept(): number {
    return this.#parcels.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many could be sent now. */
  get sendable(): number {
    return Math.min(this.#last, this.#limit) - this.#sent;
  }

  get #last(): number {
    return this.handled + this.kept;
  }

  /** Whether it was taken; when not, it is full. One parcel always fits into an empty one. */
  offer(parcel: Uint8Array): boolean {
    if (this.kept >= OUTBOX_PARCELS_MAX) return false;
    if (this.#bytes + parcel.length > OUTBOX_BYTES_MAX && this.kept > 0) return false;
    this.#parcels.push(parcel);
    this.#bytes += parcel.length;
    return true;
  }

  /** The next ones to send, as many as fit into a frame and the credit allows; they count as sent. */
  take(): Batch | undefined {
    const count = Math.min(this.sendable, FRAME_PARCELS_MAX);
    if (count <= 0) return undefined;
    const from = this.#head + this.#sent - this.handled;
    let [to, bytes] = [from, 0];
    while (to < from + count) {
      bytes += this.#parcels[to]?.length ?? 0;
      if (bytes > FRAME_BYTES_MAX && to > from) break;
      to++;
    }
    const batch = { first: this.#sent + 1, parcels: this.#parcels.slice(from, to) };
    this.#sent += to - from;
    return batch;
  }

  /** The receiver has handled all up to one number, and lets all up to another be sent. What says less than is known changes nothing. Answers whether more is handled. */
  acknowledge(handled: number, limit: number): boolean {
    this.#limit = Math.max(this.#limit, limit);
    const count = Math.min(handled, this.#last) - this.handled;
    if (count <= 0) return false;
    for (let left = count; left > 0; left--) {
      this.#bytes -= this.#parcels[this.#head]?.length ?? 0;
      this.#parcels[this.#head++] = GONE;
    }
    this.#firstNumber += count;
    this.#sent = Math.max(this.#sent, this.handled);
    this.#shorten();
    return true;
  }

  /** What was sent after this number has not arrived: it is to be sent again. Answers how many that are. */
  rewind(received: number): number {
    const to = Math.max(received, this.handled);
    if (to >= this.#sent) return 0;
    const count = this.#sent - to;
    this.#sent = to;
    return count;
  }

  /** Everything that is kept, in order; nothing is kept afterwards. */
  empty(): readonly Uint8Array[] {
    const all = this.#parcels.slice(this.#head);
    this.#firstNumber += all.length;
    this.#sent = this.handled;
    this.#parcels = [];
    this.#head = 0;
    this.#bytes = 0;
    return all;
  }

  #shorten(): void {
    const isWorthIt = this.#head >= DROP_AT && this.#head * 2 >= this.#parcels.length;
    if (!isWorthIt && this.kept > 0) return;
    this.#parcels = this.#parcels.slice(this.#head);
    this.#head = 0;
  }
}
