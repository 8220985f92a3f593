import Type from "typebox";
import type { ClientFrame, ClientFrames, Member, ServerFrame } from "./client-frames.ts";
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
  | { readonly kind: "joined"; readonly epoch: string }
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly refusal: FrameRefusal };

/** How a member's return to a room went that came from another process as well; `lost`: the room knows nothing of it. */
export type RoomResumed =
  | { readonly kind: "resumed"; readonly room: Reference<RoomProtocol> }
  | { readonly kind: "lost" };

/** What a connection takes along into another process: plain data. What passes through its socket is no part of it. */
export interface ConnectionHeirloom {
  /** Raised by every change of what follows: the other process may run other code. */
  readonly version: 1;
  /** Who is there, when the name is not made up. */
  readonly member: Member | undefined;
  readonly openedAtMs: number;
  readonly malformed: number;
  readonly tooFast: number;
  /** How long ago the latest frame beyond the rate came. */
  readonly tooFastAgoMs: number;
  readonly isHeard: boolean;
  readonly silentPings: number;
  /** The rooms that the client is in, each with the life of it that the client knows. */
  readonly rooms: readonly { readonly room: string; readonly epoch: string }[];
  /** What the client has said and nobody has looked at yet, in order. */
  readonly held: readonly ClientFrame[];
  /** What the route keeps of this connection. */
  readonly route: unknown;
}

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
    /** Instead of `begin`, for a connection that comes from another process: it goes on where it was, and the client notices nothing. */
    adopt: { data: local<unknown>() },
    /** The hand-over for which it rests is off. */
    goOn: {},
  },
  self: {
    /** The directory knows where a room is, or why it is nowhere. */
    roomOpened: { room: Type.String(), result: local<RoomOpened>() },
    /** A room has answered a subscription. */
    joinEnded: { frame: local<ClientFrames["subscribe"]>(), result: local<JoinEnd>() },
    /** What a frame asked for is answered: sends the answer to the client. */
    answered: { to: local<ClientFrame>(), frame: local<ServerFrame>() },
    /** A room has taken a member back that came from another process, or has not. */
    roomResumed: { room: Type.String(), result: local<RoomResumed>() },
    /** Open answers were waited for long enough. */
    restOver: {},
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
    /**
     * Prepares for a hand-over: what the client says to rooms and actions from now on waits. Answered when everything
     * that it said before has its answer, or has had the time for it.
     */
    rest: {
      request: {},
      reply: {
        /** `isSubscribed`: whether it is in a room, and misses what is said there until it has moved. */
        resting: { isSubscribed: Type.Boolean() },
      },
    },
    /** Ends the connection here, without a word to client or route, so that it goes on in another process. Rests first. */
    handOver: {
      request: {},
      reply: {
        handedOver: { data: local<ConnectionHeirloom>() },
      },
    },
  },
});
export type ConnectionProtocol = typeof ConnectionProtocol;
