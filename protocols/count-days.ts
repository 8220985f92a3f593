import Type from "typebox";
import { bytes } from "./bytes.ts";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

const kept = { partial: Type.String(), seq: Type.Integer(), counts: bytes() };

/** What may be said to the days of one month in one time zone: what all partitions have counted of one metric, kept for ever. Its id is `<metric>/days/<zone>/<month>`. */
export const CountDaysProtocol = defineProtocol({
  name: "countDays",
  version: 1,
  ask: {
    /** Adds counts of a partition, once: those of a number that is not above its latest are there already. */
    keep: { request: kept, reply: { kept: {} } },
    read: {
      request: { fromMs: Type.Number(), toMs: Type.Number() },
      reply: {
        days: {
          counts: bytes(),
          /** The number of the latest counts that were added of each partition. */
          seqs: Type.Record(Type.String(), Type.Integer()),
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
  events: { kept },
});
export type CountDaysEvents = typeof CountDaysEvents;
