import { defineProtocol } from "./protocol.ts";
import { local } from "./reference.ts";

/** What the actor says to itself that looks after chat rooms which nobody has needed since their node was lost. */
export const ChatKeeperProtocol = defineProtocol({
  name: "chatKeeper",
  version: 1,
  self: {
    /** Time to look at some of them. */
    look: {},
    /** These are stored, by id; none when they could not be listed. */
    listed: { ids: local<readonly string[]>() },
  },
});
export type ChatKeeperProtocol = typeof ChatKeeperProtocol;
