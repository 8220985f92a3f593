import type { MovedConnection } from "../../runtime/net/hand-over/moved-connection.ts";
import type { Peer } from "../../runtime/net/hand-over/peer.ts";
import type { RawHandle } from "../../runtime/net/hand-over/raw-handle.ts";

/** A socket of the platform that the test plays. */
export class FakeHandle implements RawHandle {
  writeQueueSize = 0;
  isReading = false;
  isClosed = false;

  readStart(): number {
    this.isReading = true;
    return 0;
  }

  readStop(): number {
    this.isReading = false;
    return 0;
  }

  close(): void {
    if (this.isClosed) throw new Error("closed twice");
    this.isClosed = true;
  }
}

/** The other process of a hand-over, played by the test. */
export class FakePeer implements Peer {
  readonly sent: { readonly data: unknown; readonly handle: RawHandle | undefined }[] = [];
  onSend: () => void = () => {};
  #listener: (data: unknown, handle?: RawHandle) => void = () => {};

  send(data: unknown, handle?: RawHandle): Promise<void> {
    this.onSend();
    this.sent.push({ data, handle });
    return Promise.resolve();
  }

  onMessage(listener: (data: unknown, handle?: RawHandle) => void): void {
    this.#listener = listener;
  }

  /** Lets the other process say something. */
  says(data: unknown, handle?: RawHandle): void {
    this.#listener(data, handle);
  }

  /** What it was told since the last call. */
  take(): unknown[] {
    return this.sent.splice(0).map(({ data }) => data);
  }
}

/** A connection on its way, of which only the name matters. */
export function movedConnection(id: string, listener = "web"): MovedConnection {
  return {
    listener,
    id,
    route: "/echo",
    search: "",
    address: "10.0.0.7",
    clientPort: 40_000,
    member: undefined,
    wire: { kind: "tcp", framing: "line" },
    unread: Buffer.alloc(0),
    unsent: [],
    traffic: { bytesIn: 0, framesIn: 0, bytesOut: 0, framesOut: 0, drops: {}, credit: 0 },
    actor: {},
  };
}
