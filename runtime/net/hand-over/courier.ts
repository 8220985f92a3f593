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
}

/** Takes connections to the other process, and keeps a copy of each handle until it is known to be there. */
export class Courier {
  readonly #peer: Peer;
  readonly #onTheWay = new Map<string, OnTheWay>();
  #home: ((parcel: Parcel) => void) | undefined = undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Resolves when the connection has arrived. */
  async send(parcel: Parcel): Promise<void> {
    if (this.#home !== undefined) return this.#home(parcel);
    const { moved, handle, latest } = parcel;
    const arrived = new Promise<void>((resolve) => {
      this.#onTheWay.set(moved.id, { ...parcel, arrived: resolve });
    });
    const hasTail = latest.length > 0;
    await this.#say({ kind: "connection", moved, hasTail }, handle);
    if (hasTail) await this.#sendTail(parcel);
    await arrived;
  }

  /**
   * The operating system goes on taking what was written for as long as the handle is open here; only when it is closed
   * is it certain what it has not taken.
   */
  async #sendTail({ moved: { id }, handle, latest }: Parcel): Promise<void> {
    const bytes = latest.subarray(latest.length - handle.writeQueueSize);
    handle.close();
    await this.#say({ kind: "tail", id, bytes });
  }

  /** The other process has these connections. */
  attached(ids: readonly string[]): void {
    for (const id of ids) {
      const parcel = this.#onTheWay.get(id);
      this.#onTheWay.delete(id);
      if (parcel?.latest.length === 0) parcel.handle.close();
      parcel?.arrived();
    }
  }

  /** Brings home, now and from now on, what has not arrived, apart from connections whose handle is closed here. */
  returnTo(home: (parcel: Parcel) => void): void {
    this.#home = home;
    for (const parcel of this.#onTheWay.values()) {
      if (parcel.latest.length === 0) home(parcel);
      parcel.arrived();
    }
    this.#onTheWay.clear();
  }

  #say(word: FromPredecessor, handle?: RawHandle): Promise<void> {
    return this.#peer.send(word, handle);
  }
}
