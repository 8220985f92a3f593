import type { Peer } from "../../runtime/net/hand-over/peer.ts";
import type { RawHandle } from "../../runtime/net/hand-over/raw-handle.ts";

type Hear = Parameters<Peer["onMessage"]>[0];

/** Two peers of a hand-over within one process: what one sends, the other hears. */
export function twinPeers(): readonly [Peer, Peer] {
  const hears: Hear[] = [];
  const peer = (own: number, other: number): Peer => ({
    send: (data, handle) => {
      if (handle !== undefined) holdTwice(handle);
      return new Promise((resolve) => {
        setImmediate(() => {
          hears[other]?.(data, handle);
          resolve();
        });
      });
    },
    onMessage: (hear) => void (hears[own] = hear),
  });
  return [peer(0, 1), peer(1, 0)];
}

/** Between processes each side closes a copy of its own; here both have the same handle, and only the second close is one. */
function holdTwice(handle: RawHandle): void {
  handle.close = (closed) => {
    Reflect.deleteProperty(handle, "close");
    closed?.();
  };
}
