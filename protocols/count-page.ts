import Type from "typebox";
import { bytes } from "./bytes.ts";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

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
      request: { seq: Type.Integer(), counts: bytes(), untilMs: Type.Number() },
      reply: { kept: {} },
    },
    read: {
      request: { fromMs: Type.Number(), toMs: Type.Number() },
      reply: {
        counts: {
          /** The number of the latest counts that were added; 0 where there are none. */
          seq: Type.Integer(),
          counts: bytes(),
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
    expired: {},
  },
});
export type CountPageEvents = typeof CountPageEvents;
