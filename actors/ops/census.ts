import { CensusProtocol } from "../../protocols/census.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";

/** How often the actors are counted, in milliseconds. */
const COUNT_EVERY_MS = 30_000;
/** Beyond so many actors a count would hold up everybody else, so that only who asks is answered. */
const ACTORS_MAX = 200_000;

/** What the census is started with; where it is written down outlives a restart. */
export interface CensusArgs {
  /** How many actors there are. */
  readonly actors: () => number;
  /** Counts them by type. */
  readonly count: (nowMs: number) => void;
}

/** Counts now and then what the types of actors hold, so that whoever looks sees what grows. */
export const Census = defineActor({
  protocol: CensusProtocol,
  essential: true,
  heartbeat: { everyMs: COUNT_EVERY_MS },
  initialState: (args: CensusArgs, context) => {
    context.startTimer("count", COUNT_EVERY_MS, { kind: "count" });
    return args;
  },
  handlers: {
    count({ actors, count }, _message, context) {
      context.beat(`${actors()} actors`);
      context.startTimer("count", COUNT_EVERY_MS, { kind: "count" });
      if (actors() <= ACTORS_MAX) count(context.nowMs());
    },
  },
});
