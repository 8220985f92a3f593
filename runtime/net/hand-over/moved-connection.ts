import { deserialize, serialize } from "node:v8";
import type { Member } from "../../../protocols/client-frames.ts";
import type { Framing } from "../framing.ts";

/** What a connection's socket speaks. */
export type MovedWire =
  | { readonly kind: "webSocket"; readonly subprotocol: string }
  | { readonly kind: "tcp"; readonly framing: Framing["name"] };

/** What has passed through a connection's socket so far. */
export interface MovedTraffic {
  readonly bytesIn: number;
  readonly framesIn: number;
  readonly bytesOut: number;
  readonly framesOut: number;
  /** What the client's slowness cost it, by channel. */
  readonly drops: Readonly<Record<string, number>>;
  /** What the client may still send at once, in thousandths of a frame. */
  readonly credit: number;
}

/** All there is to know of a live connection besides its socket, as plain data: another process goes on with it. */
export interface MovedConnection {
  /** The name of the listener that took it. */
  readonly listener: string;
  readonly id: string;
  readonly route: string;
  readonly search: string;
  readonly address: string;
  /** Where the client's end of the socket is: what must be true of its handle too. */
  readonly clientPort: number;
  readonly member: Member | undefined;
  readonly wire: MovedWire;
  /** What was read from the socket and completes no frame yet. */
  readonly unread: Uint8Array;
  /** What is still to be written, after what the socket has taken already: a piece each. */
  readonly unsent: readonly Uint8Array[];
  readonly traffic: MovedTraffic;
  /** What the connection's actor has handed over. */
  readonly actor: unknown;
}

/** A connection as bytes, so that whoever passes it on need not look into it. */
export function pack(moved: MovedConnection): Buffer {
  return serialize(moved);
}

/** What `pack` has packed. */
export function unpack(packed: Uint8Array): MovedConnection {
  return deserialize(packed) as MovedConnection;
}
