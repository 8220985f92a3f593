import Type from "typebox";
import { bytes } from "./bytes.ts";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

/** A place among counts: a block, and the key of a series within it; the empty key is the first of all. */
export const CountPlace = Type.Object({ block: Type.Integer(), key: Type.String() });
export type CountPlace = Readonly<Type.Static<typeof CountPlace>>;

/** How counts are read part by part: so much of what is there after a place, and up to a time, as a message takes. */
export const readingParts = {
  fromMs: Type.Number(),
  toMs: Type.Number(),
  /** Only what comes after this, if it is given. */
  after: Type.Optional(CountPlace),
  /** At most so many bytes, if one series has not more; everything unless given. */
  bytesMax: Type.Optional(Type.Integer()),
};
/** Which part of what is there is asked for. */
export type CountPortion = Readonly<Type.Static<Type.TObject<typeof readingParts>>>;

/** What may be said to a page of old counts: those of one metric of one partition in one stretch of time. */
export const CountPageProtocol = defineProtocol({
  name: "countPage",
  version: 1,
  self: {
    /** It has been kept for long enough. */
    expire: {},
  },
  ask: {
    /** Adds counts, once: those of a number that is not above the latest are there already. */
    keep: {
      request: {
        seq: Type.Integer(),
        counts: bytes(),
        untilMs: Type.Number(),
        /** Which page of its chain it is. Whoever does not say it knows of no chains, and is never told that it is full. */
        link: Type.Optional(Type.Integer()),
      },
      reply: {
        kept: {},
        /** Nothing more is ever added to it: the next page of its chain goes on. */
        full: {},
      },
    },
    read: {
      request: readingParts,
      reply: {
        counts: {
          /** The number of the latest counts that were added; 0 where there are none. */
          seq: Type.Integer(),
          counts: bytes(),
          /** Where the next part begins; absent when nothing is left. */
          next: Type.Optional(CountPlace),
          /** Its chain goes on. */
          isFull: Type.Optional(Type.Boolean()),
        },
      },
    },
  },
});
export type CountPageProtocol = typeof CountPageProtocol;

/** What may have happened to a page. */
export const CountPageEvents = defineEvents({
  name: "countPage",
  version: 1,
  events: {
    kept: { seq: Type.Integer(), counts: bytes() },
    /** It has no room for what was to be added, and so for nothing after that. */
    filled: {},
    expired: {},
  },
});
export type CountPageEvents = typeof CountPageEvents;
