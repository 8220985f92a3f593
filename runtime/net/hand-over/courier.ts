import { pack } from "./moved-connection.ts";
import type { MovedConnection } from "./moved-connection.ts";
import type { Peer } from "./peer.ts";
import type { FromPredecessor } from "./peer-words.ts";
import type { RawHandle } from "./raw-handle.ts";

/** A connection that has left its socket, and not arrived anywhere. */
export interface Parcel {
  readonly moved: MovedConnection;
  readonly handle: RawHandle;
  /** What was written last, of which the operating system may not have taken all. */
  readonly latest: Buffer;
}

interface OnTheWay extends Parcel {
  readonly arrived: () => void;
  /** Whether this process has no copy of the handle any more. */
  isClosed: boolean;
}

/**
 * How large a connection may be that goes together with its handle, in bytes. What is larger goes ahead, and nothing else is
 * on the way then: in a stream of several reads the platform could hand out a handle with another one's message.
 */
const SMALL_BYTES_MAX = 16_384;

/** Takes connections to the other process, and keeps a copy of each handle until it is known to be there. */
export class Courier {
  readonly #peer: Peer;
  readonly #onTheWay = new Map<string, OnTheWay>();
  #home: ((parcel: Parcel) => void) | undefined = undefined;
  /** The large connections that are on their way, or wait for it, one after the other. */
  #large: Promise<void> | undefined = undefined;
  #whenEmpty: (() => void) | undefined = undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Resolves when the connection has arrived. */
  async send(parcel: Parcel): Promise<void> {
    const packed = pack(parcel.moved);
    if (packed.length + parcel.latest.length > SMALL_BYTES_MAX) return this.#queue(parcel, packed);
    while (this.#large !== undefined) await this.#large;
    return this.#sendWithHandle(parcel, packed);
  }

  async #queue(parcel: Parcel, packed: Buffer): Promise<void> {
    const before = this.#large ?? Promise.resolve();
    const turn = before.then(() => this.#sendAlone(parcel, packed));
    this.#large = turn;
    await turn;
    if (this.#large === turn) this.#large = undefined;
  }

  async #sendAlone(parcel: Parcel, packed: Buffer): Promise<void> {
    if (this.#onTheWay.size > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
    if (this.#home === undefined) await this.#say({ kind: "large", id: parcel.moved.id, packed });
    await this.#sendWithHandle(parcel, undefined);
  }

  async #sendWithHandle(parcel: Parcel, packed: Buffer | undefined): Promise<void> {
    if (this.#home !== undefined) return this.#home(parcel);
    const { handle, latest } = parcel;
    const { id } = parcel.moved;
    const arrived = new Promise<void>((resolve) => {
      this.#onTheWay.set(id, { ...parcel, arrived: resolve, isClosed: false });
    });
    const hasTail = latest.length > 0;
    await this.#say({ kind: "connection", id, packed, hasTail }, handle);
    const onTheWay = this.#onTheWay.get(id);
    // It may have been brought home meanwhile.
    if (hasTail && onTheWay !== undefined) await this.#sendTail(onTheWay);
    return arrived;
  }

  /**
   * The operating system goes on taking what was written for as long as the handle is open here; only when it is closed
   * is it certain what it has not taken.
   */
  async #sendTail(onTheWay: OnTheWay): Promise<void> {
    const { handle, latest, moved } = onTheWay;
    const { id } = moved;
    const bytes = latest.subarray(latest.length - handle.writeQueueSize);
    handle.close();
    onTheWay.isClosed = true;
    await this.#say({ kind: "tail", id, bytes });
  }

  /** The other process has these connections. */
  attached(ids: readonly string[]): void {
    for (const id of ids) {
      const parcel = this.#onTheWay.get(id);
      this.#onTheWay.delete(id);
      if (parcel?.isClosed === false) parcel.handle.close();
      parcel?.arrived();
    }
    this.#lookEmpty();
  }

  #lookEmpty(): void {
    if (this.#onTheWay.size > 0) return;
    this.#whenEmpty?.();
    this.#whenEmpty = undefined;
  }

  /** Brings home, now and from now on, what has not arrived, apart from connections whose handle is closed here. */
  returnTo(home: (parcel: Parcel) => void): void {
    this.#home = home;
    for (const parcel of this.#onTheWay.values()) {
      if (!parcel.isClosed) home(parcel);
      parcel.arrived();
    }
    this.#onTheWay.clear();
    this.#lookEmpty();
  }

  #say(word: FromPredecessor, handle?: RawHandle): Promise<void> {
    return this.#peer.send(word, handle);
  }
}
