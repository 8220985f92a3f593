import Type from "typebox";
import type { ClientFrame, ClientFrames, ServerFrame } from "./client-frames.ts";
import { defineProtocol } from "./protocol.ts";
import { local } from "./reference.ts";
import type { Reference } from "./reference.ts";
import type { RoomProtocol } from "./room.ts";

/** Why a frame never became a message: what a `refused` frame says about it. */
export interface FrameRefusal {
  /** The id of the refused frame, when it could be read. */
  readonly id?: number;
  readonly code: string;
  readonly field?: string;
  readonly text: string;
  readonly retryAfterMs?: number;
}

/** Where a room is, or why it is nowhere. */
export type RoomOpened =
  | { readonly kind: "opened"; readonly room: Reference<RoomProtocol> }
  | { readonly kind: "refused"; readonly refusal: FrameRefusal };

/** How a subscription went; `gone`: the room closed before it was asked. */
export type JoinEnd =
  | { readonly kind: "joined" }
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly refusal: FrameRefusal };

/** How a socket ended. */
export interface SocketEnd {
  /** The WebSocket close code; TCP connections use the same numbers. */
  readonly code: number;
  readonly text: string;
}

/** One connection in a list. */
export const ConnectionSummary = Type.Object({
  connection: Type.String(),
  name: Type.String(),
  route: Type.String(),
  address: Type.String(),
  connectedAtMs: Type.Number(),
});
export type ConnectionSummary = Type.Static<typeof ConnectionSummary>;

/** What may be said to the actor of one client's connection. */
export const ConnectionProtocol = defineProtocol({
  name: "connection",
  version: 1,
  tell: {
    /** The first word: from now on the client is heard. */
    begin: {},
    /** The client sent a frame of the client protocol; the door has checked it. */
    frame: { frame: local<ClientFrame>() },
    /** The client sent a text on a route that speaks plain text. */
    text: { text: Type.String() },
    /** The client sent what the door refused. */
    malformed: { refusal: local<FrameRefusal>() },
    /** The client sent more than its rate allows; the frame was left out. */
    tooFast: { refusal: local<FrameRefusal>() },
    /** The client answered a WebSocket ping. */
    alive: {},
    /** Another period is over: time to look for a sign of life, and to ask for the next. */
    pingDue: {},
    /** The socket is closed. */
    closed: { end: local<SocketEnd>() },
    /** Sends a frame to the client. */
    deliver: { frame: local<ServerFrame>() },
    /** Ends the connection in `afterMs`, with the word to come back. */
    drain: { afterMs: Type.Number() },
  },
  self: {
    /** The directory knows where a room is, or why it is nowhere. */
    roomOpened: { room: Type.String(), result: local<RoomOpened>() },
    /** A room has answered a subscription. */
    joinEnded: { frame: local<ClientFrames["subscribe"]>(), result: local<JoinEnd>() },
    /** What was asked on behalf of the client has failed in a way that nobody expected. */
    failed: { error: local<Error>() },
    /** Time to go. */
    leave: {},
  },
  ask: {
    /** Who is connected, for a list of connections. */
    identify: {
      request: {},
      reply: {
        identified: { summary: ConnectionSummary },
      },
    },
  },
});
export type ConnectionProtocol = typeof ConnectionProtocol;
