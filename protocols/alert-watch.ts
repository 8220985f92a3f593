import Type from "typebox";
import { defineProtocol } from "./protocol.ts";
import { local } from "./reference.ts";

/** What may be said to the one that has all rules judge what was counted. */
export const AlertWatchProtocol = defineProtocol({
  name: "alertWatch",
  version: 1,
  self: {
    /** Time to look whether there are blocks that no rule has judged. */
    look: {},
    /** Some rule has stood still since a time, because of some partitions; or the look failed. */
    looked: {
      heldSinceMs: Type.Optional(Type.Number()),
      heldBy: Type.Optional(Type.Array(Type.String())),
      error: Type.Optional(local<Error>()),
    },
  },
});
export type AlertWatchProtocol = typeof AlertWatchProtocol;
