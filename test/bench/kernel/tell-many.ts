import { dispatch, spawn, start } from "nact";
import type { Ref } from "nact";
import { defineProtocol } from "../../../protocols/protocol.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { ADD } from "./flood.ts";
import { pace } from "./pace.ts";

const ACTORS = 100_000;

/** Counts for all actors together, and calls back when each has had its message. */
class Tally {
  #missing = 0;
  #done = (): void => {};

  /** Waits for one message of each actor, which `send` sends. */
  round(send: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#missing = ACTORS;
      this.#done = resolve;
      send();
    });
  }

  arrived(): void {
    if (--this.#missing === 0) this.#done();
  }
}

interface MemberState {
  readonly tally: Tally;
  count: number;
}

const Member = defineActor({
  protocol: defineProtocol({ name: "member", version: 1, tell: { add: {} } }),
  initialState: (tally: Tally): MemberState => ({ tally, count: 0 }),
  handlers: {
    add(state) {
      state.count++;
      state.tally.arrived();
    },
  },
});

function nactMember(state: MemberState, _message: typeof ADD): MemberState {
  state.count++;
  state.tally.arrived();
  return state;
}

async function ours({ quick }: Circumstances): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  const tally = new Tally();
  const members = Array.from({ length: ACTORS }, (_, index) => system.spawn(Member, `member${index}`, tally));
  const round = (): Promise<void> =>
    tally.round(() => {
      for (const member of members) system.tell(member, ADD);
    });
  return { perSecond: await pace(ACTORS, quick, round) };
}

async function nact({ quick }: Circumstances): Promise<Sample> {
  const system = start();
  const tally = new Tally();
  const members = Array.from({ length: ACTORS }, (_, index): Ref<typeof ADD> =>
    spawn(system, nactMember, `member${index}`, { initialState: { tally, count: 0 } }),
  );
  const round = (): Promise<void> =>
    tally.round(() => {
      for (const member of members) dispatch(member, ADD);
    });
  return { perSecond: await pace(ACTORS, quick, round) };
}

/** One message to each of very many actors. */
export const tellMany: Part = {
  name: "tellMany",
  contenders: { ours, nact },
  rounds: { quick: 2, full: 9 },
  figures: {
    tellManyVsNact: {
      kind: "ratio",
      means: {
        en: "tells a second to 100,000 actors in turn, compared with nact",
        zh: "每秒轮流发给 100,000 个 actor 的消息数，与 nact 相比",
      },
      of: (samples) => samples.ratio("ours", "nact", "perSecond"),
    },
  },
};
