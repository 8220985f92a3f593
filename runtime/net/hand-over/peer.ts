import type { RawHandle } from "./raw-handle.ts";

/** The other process of a hand-over. What is sent arrives in order, each handle with its message. */
export interface Peer {
  /** Resolves when the message has left this process, and the handle with it; the sender closes its own copy. */
  send(data: unknown, handle?: RawHandle): Promise<void>;
  /** Has everything told that comes, also what came before. */
  onMessage(listener: (data: unknown, handle?: RawHandle) => void): void;
}
