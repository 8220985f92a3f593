import Type from "typebox";
import { CLIENT_PROTOCOL_VERSION } from "./client-protocol.ts";
import { NAME_RULE, ROOM_PATTERN } from "./patterns.ts";
import type { Fields, MessageOf } from "./protocol.ts";

/** A room: its kind, then its name. */
export const RoomId = Type.String({
  pattern: ROOM_PATTERN.source,
  examples: ["chat/lobby"],
});
/** Correlates an answer with its frame; chosen by the client. A larger one would come back as another number. */
const FrameId = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Offset = Type.Integer({ minimum: 0 });
const MemberName = Type.String(NAME_RULE);

/** Somebody present in a room. */
export const Member = Type.Object({ id: Type.String(), name: Type.String() });
export type Member = Type.Static<typeof Member>;

/** The longest name of a fact, in characters. */
export const FACT_NAME_MAX = 40;
/** How many facts a room keeps. */
export const FACTS_MAX = 64;
/** What is known about the subject of a live room: the latest value of each fact. */
export const Facts = Type.Record(Type.String({ pattern: `^.{1,${FACT_NAME_MAX}}$` }), Type.Unknown(), {
  // TypeBox checks a record's names by pattern only, and takes what does not match unless told otherwise.
  additionalProperties: false,
  maxProperties: FACTS_MAX,
});
export type Facts = Type.Static<typeof Facts>;

/** One entry of a room's history. */
const publicationFields = {
  room: RoomId,
  offset: Offset,
  /** The member's or the service's name. */
  from: Type.String(),
  data: Type.Unknown(),
  /** The facts that this publication changed. */
  facts: Type.Optional(Facts),
  atMs: Type.Number(),
};
export const Publication = Type.Object(publicationFields);
export type Publication = Type.Static<typeof Publication>;

/** Client to gateway. */
export const CLIENT_FRAMES = {
  /** Says who one is; may be left out, then the gateway makes up a name. */
  hello: { version: Type.Literal(CLIENT_PROTOCOL_VERSION), name: Type.Optional(MemberName) },
  subscribe: {
    id: FrameId,
    room: RoomId,
    /** Where the client stopped reading: what came since is sent along if the room still has it. */
    recover: Type.Optional(
      Type.Object({ epoch: Type.String(), offset: Offset }, { additionalProperties: false }),
    ),
  },
  unsubscribe: { id: FrameId, room: RoomId },
  publish: { id: FrameId, room: RoomId, data: Type.Unknown() },
  presence: { id: FrameId, room: RoomId },
  /** Calls an action of a route, whichever feature owns it. */
  call: { id: FrameId, route: Type.String(), action: Type.String(), body: Type.Optional(Type.Unknown()) },
  pong: {},
} as const satisfies Record<string, Fields>;

/** Gateway to client. */
export const SERVER_FRAMES = {
  welcome: { connection: Type.String(), name: Type.String(), pingEveryMs: Type.Number() },
  subscribed: {
    id: FrameId,
    room: RoomId,
    epoch: Type.String(),
    /** The offset of the latest publication; 0 when there is none yet. */
    offset: Offset,
    members: Type.Integer(),
    /** Whether `publications` holds everything since the offset asked for; false means a gap, or that none was asked for. */
    recovered: Type.Boolean(),
    publications: Type.Array(Publication),
    facts: Type.Optional(Facts),
  },
  unsubscribed: { id: FrameId, room: RoomId },
  publication: publicationFields,
  published: { id: FrameId, offset: Offset },
  presence: { id: FrameId, room: RoomId, count: Type.Integer(), members: Type.Optional(Type.Array(Member)) },
  /** Who came since the last such frame; `count` is all who are present now. `members` may name fewer than came. */
  joined: { room: RoomId, members: Type.Array(Member), count: Type.Integer() },
  left: { room: RoomId, members: Type.Array(Member), count: Type.Integer() },
  /** What an action answered. */
  answered: { id: FrameId, body: Type.Unknown() },
  /** A frame was not carried out. Without `id`, the frame had none that could be read. */
  refused: {
    id: Type.Optional(FrameId),
    code: Type.String(),
    /** The offending field as a JSON pointer. */
    field: Type.Optional(Type.String()),
    text: Type.Optional(Type.String()),
    retryAfterMs: Type.Optional(Type.Number()),
  },
  /** Publications up to `offset` were left out because the client reads too slowly: subscribe again with `recover`. */
  skipped: { room: RoomId, offset: Offset },
  /** A message for every connection of a listener, outside of rooms. */
  notice: { from: Type.String(), data: Type.Unknown(), atMs: Type.Number() },
  ping: {},
  /** The gateway is about to close: reconnect after the delay. */
  drain: { reconnectAfterMs: Type.Number() },
} as const satisfies Record<string, Fields>;

type FramesOf<Table extends Record<string, Fields>> = { [K in keyof Table & string]: MessageOf<K, Table[K]> };
/** Frames by kind, client to gateway. */
export type ClientFrames = FramesOf<typeof CLIENT_FRAMES>;
/** Frames by kind, gateway to client. */
export type ServerFrames = FramesOf<typeof SERVER_FRAMES>;
export type ClientFrame = ClientFrames[keyof ClientFrames];
export type ServerFrame = ServerFrames[keyof ServerFrames];
