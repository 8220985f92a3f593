import Type from "typebox";
import { bytes } from "./bytes.ts";
import { CountPlace, readingParts } from "./count-page.ts";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

const kept = { partial: Type.String(), seq: Type.Integer(), counts: bytes() };

/** What may be said to the days of one month in one time zone: what all partitions have counted of one metric, kept for ever. Its id is `<metric>/days/<zone>/<month>`, with the number of the link behind it where the chain goes on. */
export const CountDaysProtocol = defineProtocol({
  name: "countDays",
  version: 1,
  ask: {
    /** Adds counts of a partition, once: those of a number that is not above its latest are there already. */
    keep: {
      /** With the link as that of a page. */
      request: { ...kept, link: Type.Optional(Type.Integer()) },
      /** As those of a page. */
      reply: { kept: {}, full: {} },
    },
    read: {
      request: readingParts,
      reply: {
        days: {
          counts: bytes(),
          /** The number of the latest counts that were added of each partition. */
          seqs: Type.Record(Type.String(), Type.Integer()),
          next: Type.Optional(CountPlace),
          isFull: Type.Optional(Type.Boolean()),
        },
      },
    },
  },
});
export type CountDaysProtocol = typeof CountDaysProtocol;

/** What may have happened to the days of a month. */
export const CountDaysEvents = defineEvents({
  name: "countDays",
  version: 1,
  events: { kept, filled: {} },
});
export type CountDaysEvents = typeof CountDaysEvents;
