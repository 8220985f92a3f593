import Type from "typebox";
import { Facts, Publication, RoomId } from "./client-frames.ts";
import { NAME_RULE } from "./patterns.ts";
import type { Fields } from "./protocol.ts";

/** What the rooms' HTTP routes and actions take and answer, field by field. */

/** The parameters of a look at a room. */
export const ROOM_QUERY_FIELDS = { room: RoomId } as const satisfies Fields;

/** What a room knows, for somebody who does not take part. */
export const ROOM_VIEW_FIELDS = {
  room: RoomId,
  epoch: Type.String({
    description: "names this life of the room; offsets of different epochs do not compare",
  }),
  offset: Type.Integer({ description: "the offset of the latest publication" }),
  members: Type.Integer({ description: "how many are present" }),
  facts: Facts,
  publications: Type.Array(Publication, { description: "the latest, oldest first" }),
} as const satisfies Fields;

/** The most publications that one page of a history has. */
export const PAGE_LIMIT_MAX = 200;

/** Which page of the history of a room is wanted. */
export const PAGE_QUERY_FIELDS = {
  room: RoomId,
  before: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: "only publications with smaller offsets; the latest unless given",
    }),
  ),
  epoch: Type.Optional(
    Type.String({
      minLength: 1,
      description: "what `before` belongs to: refused (409) when the room counts anew by now",
    }),
  ),
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_LIMIT_MAX,
      description: "how many publications at most; 50 unless given. A heavy page has fewer",
    }),
  ),
} as const satisfies Fields;

/** A page of all that was ever posted in a room. */
export const PAGE_FIELDS = {
  room: RoomId,
  epoch: Type.String({ description: "what offsets belong to: as long as it is the same, they compare" }),
  offset: Type.Integer({ description: "the offset of the latest publication of the room" }),
  publications: Type.Array(Publication, { description: "oldest first" }),
  earlier: Type.Boolean({ description: "whether there is something before the first of them" }),
} as const satisfies Fields;

/** The longest id that a push may have, in characters. */
const PUSH_ID_MAX = 64;

/** The body of a push: into a room, or to every connection of a listener. */
export const PUSH_FIELDS = {
  room: Type.Optional(RoomId),
  listener: Type.Optional(
    Type.String({ minLength: 1, description: "instead of a room: everybody who is connected to it" }),
  ),
  from: Type.Optional(
    Type.String({
      ...NAME_RULE,
      description: "who says it; the id of the key unless given",
    }),
  ),
  data: Type.Unknown({ description: "what is said; at most 16 KiB of JSON" }),
  facts: Type.Optional(Facts),
  id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: PUSH_ID_MAX,
      description:
        "names this push among those of its key to this room: sent again, it is posted once and answered as the first time, as long as it is among the latest 5,000",
    }),
  ),
} as const satisfies Fields;

/** The answer to a push into a room (epoch and offset), or to a listener. */
export const PUSHED_FIELDS = {
  epoch: Type.Optional(Type.String()),
  offset: Type.Optional(Type.Integer({ description: "the publication's place in the room's order" })),
  listeners: Type.Optional(Type.Array(Type.String(), { description: "who passed a notice on" })),
} as const satisfies Fields;
