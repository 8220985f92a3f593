import Type from "typebox";
import type { ServerFrame } from "./client-frames.ts";
import type { CloseReason } from "./client-protocol.ts";
import type { ConnectionProtocol } from "./connection.ts";
import { defineProtocol } from "./protocol.ts";
import { local, reference } from "./reference.ts";

/** What may be said to a client's socket. It stands in this process and takes everything at once; what is sent after `close` is dropped. */
export const OutletProtocol = defineProtocol({
  name: "outlet",
  version: 1,
  tell: {
    /** From now on what the client says goes to this connection. Nothing is read before. */
    open: { connection: reference<ConnectionProtocol>() },
    /** Has the client wait: nothing more is read from it until the connection goes on, here or in another process. */
    restReading: {},
    /** Reminds the connection of the client (`pingDue`), first in `firstMs`, then each period, until the socket closes. */
    expectSigns: { firstMs: Type.Number(), everyMs: Type.Number() },
    send: { frame: local<ServerFrame>() },
    /** For routes that speak plain text instead of frames. */
    sendText: { text: Type.String() },
    /** Asks for a sign of life below the client protocol; over WebSocket the client's library answers by itself. */
    ping: {},
    /** Sends what is pending, then ends the connection. `text` is for people, at most 120 bytes of it are sent. */
    close: { reason: local<CloseReason>(), text: Type.Optional(Type.String()) },
  },
});
export type OutletProtocol = typeof OutletProtocol;

/** What has passed through a socket and what waits in it, for the operator's tree. */
export interface OutletAccount {
  readonly bytesIn: number;
  readonly framesIn: number;
  readonly bytesOut: number;
  readonly framesOut: number;
  /** Bytes that the client has not taken yet. */
  readonly bufferedBytes: number;
  /** `open`: the client keeps up. `congested`: it does not, and each channel's policy decides what waits. `closed`: nothing is sent any more. */
  readonly state: "open" | "congested" | "closed";
  /** Whether reading has stopped until the client takes its answers. */
  readonly readingPaused: boolean;
  /** What the client's slowness cost it, by channel. */
  readonly drops: Readonly<Record<string, number>>;
  /** The slow-consumer policy of each channel it is attached to. */
  readonly policies: Readonly<Record<string, string>>;
}
