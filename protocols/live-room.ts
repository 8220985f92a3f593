import Type from "typebox";
import { Facts } from "./client-frames.ts";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

const Epoch = Type.String();
const Offset = Type.Integer({ minimum: 1 });

/** What is said in a room whose order is stored. */
const said = {
  /** The member's or the service's name. */
  from: Type.String(),
  data: Type.Unknown(),
  /** The facts that it changes. */
  facts: Type.Optional(Facts),
  /** Names it, so that it is said once however often it comes. */
  id: Type.Optional(Type.String()),
};

const standing = {
  /** Absent as long as nothing was posted. */
  epoch: Type.Optional(Epoch),
  offset: Type.Integer({ minimum: 0 }),
  facts: Facts,
};

/** What may be said to the entity that a room is stored as: the one owner of its order. */
export const LiveRoomProtocol = defineProtocol({
  name: "liveRoom",
  version: 1,
  tell: {
    /** Has it come into memory, and no more: one of the moment is then forgotten when nobody needs it. */
    wake: {},
  },
  ask: {
    /** Gives something its place in the order, for good. */
    post: {
      request: {
        ...said,
        /** How the numbering is to be called if this is the first of it. */
        epoch: Epoch,
      },
      reply: {
        stored: { epoch: Epoch, offset: Offset, atMs: Type.Number() },
        /** It was stored before, under the same id. */
        repeated: { epoch: Epoch, offset: Offset },
        refused: {
          code: Type.Enum(["tooLarge", "tooManyFacts"]),
          field: Type.Optional(Type.String()),
          text: Type.String(),
        },
      },
    },
    /** How far its order has come. */
    stand: { request: {}, reply: { standing } },
  },
});
export type LiveRoomProtocol = typeof LiveRoomProtocol;

/** What may have happened in a live room. Each post is a record of its own, so its offset is the version of that record. */
export const LiveRoomEvents = defineEvents({
  name: "liveRoom",
  version: 1,
  events: {
    /** The first post is about to be stored: from now on its offsets belong to this epoch. */
    begun: { epoch: Epoch },
    posted: { ...said, offset: Offset, atMs: Type.Number() },
  },
});
export type LiveRoomEvents = typeof LiveRoomEvents;
