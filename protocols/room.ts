import Type from "typebox";
import { Facts, Member, Publication } from "./client-frames.ts";
import type { LiveRoomProtocol } from "./live-room.ts";
import type { OutletProtocol } from "./outlet.ts";
import { defineProtocol } from "./protocol.ts";
import type { Reply } from "./protocol.ts";
import { anyReference, local, reference } from "./reference.ts";
import type { AnyReference } from "./reference.ts";

/** The place after one publication in one life of a room: offsets of different epochs do not compare. */
export const Position = Type.Object(
  { epoch: Type.String(), offset: Type.Integer({ minimum: 0 }) },
  { additionalProperties: false },
);
export type Position = Type.Static<typeof Position>;

/** Why a room did not do what it was asked. */
export const ROOM_REFUSALS = [
  "roomFull",
  "notAMember",
  "onlyServicesPost",
  "tooLarge",
  "tooManyFacts",
  "notStored",
  "storageFull",
] as const;

const refused = {
  code: Type.Enum(ROOM_REFUSALS),
  /** The offending field as a JSON pointer. */
  field: Type.Optional(Type.String()),
  /** The limit in words. */
  text: Type.String(),
};

/**
 * "Sequenced": the publication has its place in the room's order and is on its way to the members. In a room of a kind that
 * is stored, it is stored as well.
 */
const published = { epoch: Type.String(), offset: Type.Integer({ minimum: 1 }) };

/** How it went with something that was to be stored; `failed`: nobody knows whether it is. */
export type StoringEnd = Reply<LiveRoomProtocol, "post"> | { readonly kind: "failed"; readonly error: Error };

/** What may be said to a room, the one owner of its order. */
export const RoomProtocol = defineProtocol({
  name: "room",
  version: 1,
  ask: {
    /**
     * Lets a connection take part. The room itself writes the `subscribed` frame to the outlet, ahead of every
     * publication that is not in it. Joining again is harmless: it sends a new `subscribed` frame.
     */
    join: {
      request: {
        /** The member; its id is unique among all connections. */
        member: Member,
        outlet: reference<OutletProtocol>(),
        /** The actor whose end is the end of the membership. */
        connection: local<AnyReference>(),
        /** The `id` of the client's `subscribe` frame. */
        frameId: Type.Integer({ minimum: 0 }),
        /** Where the client stopped reading. */
        recover: Type.Optional(Position),
      },
      reply: {
        joined: { epoch: Type.String(), offset: Type.Integer({ minimum: 0 }) },
        refused,
      },
    },
    /**
     * Gives a member its seat back whose connection came from another process, as the room did: nobody hears of it, and
     * the member goes on behind the last publication that it was sent there.
     */
    resume: {
      request: {
        member: Type.String(),
        outlet: reference<OutletProtocol>(),
        connection: local<AnyReference>(),
        /** The life of the room that the member knows. */
        epoch: Type.String(),
      },
      reply: {
        resumed: {},
        /** No seat is kept for it: it has to join as if the room had restarted. */
        lost: {},
      },
    },
    /** A member says something. */
    publish: {
      request: { member: Type.String(), data: Type.Unknown() },
      reply: { published, refused },
    },
    /** A verified service says something, and may change facts. */
    post: {
      request: {
        from: Type.String(),
        data: Type.Unknown(),
        facts: Type.Optional(Facts),
        /** Names it: what comes again under the same id is answered as the first time, and published once. */
        id: Type.Optional(Type.String()),
      },
      reply: { published, refused },
    },
    /** Who is here. */
    presence: {
      request: {},
      reply: {
        /** `members` may name fewer than `count`. */
        present: { count: Type.Integer(), members: Type.Array(Member) },
      },
    },
    /** What the room knows, without taking part. */
    history: {
      request: {},
      reply: {
        known: {
          epoch: Type.String(),
          offset: Type.Integer({ minimum: 0 }),
          members: Type.Integer(),
          facts: Facts,
          publications: Type.Array(Publication),
        },
      },
    },
  },
  tell: {
    /** The member unsubscribed. A connection that ends needs not say so: the room watches it. */
    leave: { member: Type.String() },
    /** From the entity of the room, to this room on all nodes: something was stored. It may get lost. */
    stored: {
      epoch: Type.String(),
      offset: Type.Integer({ minimum: 1 }),
      from: Type.String(),
      data: Type.Unknown(),
      facts: Type.Optional(Facts),
      atMs: Type.Number(),
    },
    /** From this room on some node, to all of them: who is there? */
    callRoll: { by: anyReference() },
    /** The same room on some node says who is there, whenever that has changed, and now and then. */
    attendance: {
      at: anyReference(),
      count: Type.Integer({ minimum: 0 }),
      /** Some of them. */
      members: Type.Array(Member),
      /** Stays with them when they move to another process: what is said under it in a new place takes the place of what was said in the one before. */
      party: Type.Optional(Type.String()),
      /** How often they have moved: a word with fewer moves is of a place that they have left, and comes late. */
      moves: Type.Optional(Type.Integer({ minimum: 0 })),
      /** The latest publication that is known there. */
      offset: Type.Optional(Type.Integer({ minimum: 0 })),
    },
  },
  self: {
    /** The connection of a member ended. */
    memberGone: { member: Type.String() },
    /** Tells the members who came and went. */
    announce: {},
    /** The same room on another node is no more. */
    elsewhereGone: { at: Type.String() },
    /** Time to say again who is here, and to forget who has not said so for long. */
    attend: {},
    /** Those who were asked who is there have had time to say so. */
    rollCalled: {},
    /** Whoever waits for the room to be where the others are has waited for long enough. */
    admit: {},
    /** Whoever has not come from the other process by now does not come any more. */
    giveUpMissing: {},
    /** The entity has answered whether something is stored, or has not. */
    storingEnded: {
      /** Which one of those that are under way. */
      storing: Type.Integer(),
      end: local<StoringEnd>(),
    },
    /** What could not be stored is tried again. */
    storeAgain: {},
    /** More may be stored than was published here: time to ask. */
    lookAtStored: {},
    /** The entity has told how far its order has come. */
    stood: { standing: local<Reply<LiveRoomProtocol, "stand">>() },
    /** What is stored and was not published here has been read. */
    missingRead: { publications: local<readonly Publication[]>() },
    /** Neither could be had. */
    lookFailed: { error: local<Error>() },
    /** Nobody has been here for long. */
    close: {},
  },
});
export type RoomProtocol = typeof RoomProtocol;
