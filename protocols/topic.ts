import { defineProtocol } from "./protocol.ts";
import { anyReference } from "./reference.ts";

/**
 * What may be said to a topic of the cluster by those who want to hear what is told to it, wherever that is. It stands in this process and takes
 * everything at once.
 */
export const TopicProtocol = defineProtocol({
  name: "topic",
  version: 1,
  tell: {
    /** From now on this actor is told, until it stops. One who is attached already stays so. */
    attach: { receiver: anyReference() },
    detach: { receiver: anyReference() },
  },
});
export type TopicProtocol = typeof TopicProtocol;
