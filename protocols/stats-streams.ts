import Type from "typebox";
import { defineProtocol } from "./protocol.ts";
import { local } from "./reference.ts";

/** Somebody who follows the answer to a question about counts. */
export interface StatsFollower {
  /** What stood behind the `?`. */
  readonly query: URLSearchParams;
  readonly isOver: () => boolean;
  /** Sends what is new, as it goes over the wire: all followers of a question are given the same bytes. */
  readonly send: (bytes: Uint8Array) => void;
  readonly end: () => void;
}

/** What may be said to the actor that tells followers what has changed. */
export const StatsStreamsProtocol = defineProtocol({
  name: "statsStreams",
  version: 1,
  ask: {
    follow: {
      request: { follower: local<StatsFollower>() },
      reply: { following: {}, refused: { text: Type.String() } },
    },
  },
  self: {
    /** Time to look what has changed. */
    look: {},
    /** A question is answered, or could not be. */
    answered: { question: Type.String(), answer: local<unknown>() },
  },
});
export type StatsStreamsProtocol = typeof StatsStreamsProtocol;
