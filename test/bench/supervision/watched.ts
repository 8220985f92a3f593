import Type from "typebox";
import { defineProtocol } from "../../../protocols/protocol.ts";
import { local } from "../../../protocols/reference.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import type { ActorDefinition } from "../../../runtime/actor/define-actor.ts";

export const WatchedProtocol = defineProtocol({
  name: "watched",
  version: 1,
  tell: {
    add: {},
    mark: { done: local<(count: number) => void>() },
    /** Never ends, the first time. */
    hang: {},
    /** Holds the event loop. */
    hold: { forMs: Type.Number() },
  },
});
export type WatchedProtocol = typeof WatchedProtocol;

/** How an actor is watched, and whether its handlers are async, which is when there is something to watch. */
export interface WatchedParts {
  readonly isWatched: boolean;
  readonly isAsync: boolean;
  readonly progressWithinMs?: number;
}

/** An actor that counts, hangs once, and holds the loop when told to. */
export function watched({
  isWatched,
  isAsync,
  progressWithinMs,
}: WatchedParts): ActorDefinition<WatchedProtocol> {
  let hasHung = false;
  return defineActor({
    protocol: WatchedProtocol,
    initialState: () => ({ count: 0 }),
    progressWithinMs: isWatched ? (progressWithinMs ?? 30_000) : Number.POSITIVE_INFINITY,
    ...(isWatched ? { heartbeat: { everyMs: 10_000 } } : {}),
    handlers: {
      add: isAsync ? async (state) => void state.count++ : (state) => void state.count++,
      mark: (state, { done }) => done(state.count),
      hang: () => {
        if (hasHung) return undefined;
        hasHung = true;
        return new Promise<void>(() => {});
      },
      hold: (_state, { forMs }) => {
        const endMs = performance.now() + forMs;
        while (performance.now() < endMs);
      },
    },
  });
}
