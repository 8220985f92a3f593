import Type from "typebox";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

/** The id of the one book of a cluster. */
export const COUNT_BOOK_ID = "all";

/** What may be said to the book of all partitions that were ever counted: where a question about counts begins. */
export const CountBookProtocol = defineProtocol({
  name: "countBook",
  version: 1,
  ask: {
    add: {
      request: { partial: Type.String() },
      reply: { added: {}, refused: { code: Type.Enum(["tooManyPartials"]), text: Type.String() } },
    },
    list: { request: {}, reply: { partials: { partials: Type.Array(Type.String()) } } },
  },
});
export type CountBookProtocol = typeof CountBookProtocol;

/** What may have happened to the book. */
export const CountBookEvents = defineEvents({
  name: "countBook",
  version: 1,
  events: { added: { partial: Type.String() } },
});
export type CountBookEvents = typeof CountBookEvents;
