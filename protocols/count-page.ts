import Type from "typebox";
import { bytes } from "./bytes.ts";
import { defineEvents } from "./events.ts";
import { defineProtocol } from "./protocol.ts";

/** What may be said to a page of old counts: those of one metric of one partition in one stretch of time. Nothing on it changes any more. */
export const CountPageProtocol = defineProtocol({
  name: "countPage",
  version: 1,
  self: {
    /** It has been kept for long enough. */
    expire: {},
  },
  ask: {
    /** Keeps blocks, in place of those of the same numbers. */
    keep: {
      request: { counts: bytes(), untilMs: Type.Number() },
      reply: { kept: {} },
    },
    read: {
      request: { fromMs: Type.Number(), toMs: Type.Number() },
      reply: { counts: { counts: bytes() } },
    },
  },
});
export type CountPageProtocol = typeof CountPageProtocol;

/** What may have happened to a page. */
export const CountPageEvents = defineEvents({
  name: "countPage",
  version: 1,
  events: {
    kept: { counts: bytes() },
    expired: {},
  },
});
export type CountPageEvents = typeof CountPageEvents;
