import Type from "typebox";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

/** The id of the one book of a cluster. */
export const COUNT_BOOK_ID = "all";

/** What may be said to the book of all partitions whose counts are kept: where a question about counts begins. */
export const CountBookProtocol = defineProtocol({
  name: "countBook",
  version: 1,
  ask: {
    add: {
      request: { partial: Type.String() },
      reply: { added: {}, refused: { code: Type.Enum(["tooManyPartials"]), text: Type.String() } },
    },
    /** Nothing will come of a partition any more, and all that was counted of it is on pages. */
    end: {
      request: {
        partial: Type.String(),
        /** Up to here there are counts of it. */
        lastMs: Type.Number(),
      },
      reply: { ended: {} },
    },
    list: {
      request: {
        /** Without those that ended before, and have no counts from then on. */
        fromMs: Type.Optional(Type.Number()),
      },
      reply: { partials: { partials: Type.Array(Type.String()) } },
    },
  },
});
export type CountBookProtocol = typeof CountBookProtocol;

/** What may have happened to the book. */
export const CountBookEvents = defineEvents({
  name: "countBook",
  version: 1,
  events: {
    added: { partial: Type.String() },
    ended: { partial: Type.String(), lastMs: Type.Number() },
    /** Their last pages are over. */
    removed: { partials: Type.Array(Type.String()) },
  },
});
export type CountBookEvents = typeof CountBookEvents;
