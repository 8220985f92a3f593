import Type from "typebox";
import type { Member } from "./client-frames.ts";
import { ConnectionSummary } from "./connection.ts";
import type { OutletAccount, OutletProtocol } from "./outlet.ts";
import { defineProtocol } from "./protocol.ts";
import { local } from "./reference.ts";
import type { Reference } from "./reference.ts";

/** Keeps account of what passes through a socket. */
export interface Traffic {
  account(): OutletAccount;
}

/** A socket whose handshake is done, on its way to become a connection. */
export interface AcceptedSocket {
  /** Unique among all connections, also of earlier lives of the node. */
  readonly id: string;
  /** The path of the route it asked for. */
  readonly route: string;
  /** What stood behind the `?` of its address. */
  readonly search: string;
  /** Where the client sits. */
  readonly address: string;
  /** How it writes, such as `webSocket json`. */
  readonly format: string;
  readonly outlet: Reference<OutletProtocol>;
  /** Who the route's guard says is there. */
  readonly member: Member | undefined;
  readonly traffic: Traffic;
}

/** What may be said to the actor of one listener: the parent of its connections. */
export const ListenerProtocol = defineProtocol({
  name: "listener",
  version: 1,
  tell: {
    accepted: { socket: local<AcceptedSocket>() },
    /** A socket that another process had accepted, and what its connection has handed over there. */
    adopted: { socket: local<AcceptedSocket>(), data: local<unknown>() },
    /** Sends a notice to every connection. */
    notify: { from: Type.String(), data: Type.Unknown() },
  },
  ask: {
    /** Who is connected: at most `limit` of them, in no order, and how many there are. */
    list: {
      request: { limit: Type.Integer({ minimum: 1 }) },
      reply: { listed: { count: Type.Integer(), connections: Type.Array(ConnectionSummary) } },
    },
    /** Takes no more connections and ends those that are open, each at its own moment within `withinMs`. Answered when none is left. */
    drain: {
      request: { withinMs: Type.Number() },
      reply: { drained: { connections: Type.Integer() } },
    },
  },
  self: {
    /** The connections have said who they are. */
    identified: { list: Type.Integer(), count: Type.Integer(), connections: Type.Array(ConnectionSummary) },
    /** Whoever came from another process has come by now. */
    forgetNotices: {},
    /** Looks whether all connections have ended. */
    lookDrained: {},
  },
});
export type ListenerProtocol = typeof ListenerProtocol;
