import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { Counter, CounterProtocol } from "./counter.ts";
import type { CounterState } from "./counter.ts";
import { ADD, flood } from "./flood.ts";
import { settledHeap } from "./heap.ts";

const CHILDREN = 100_000;

/** `Counter` with so many children. */
const Parent = defineActor({
  protocol: CounterProtocol,
  initialState: (children: number, context): CounterState => {
    for (let index = 0; index < children; index++) context.spawn(Counter, `child${index}`);
    return { count: 0 };
  },
  handlers: {
    add(state) {
      state.count++;
    },
    mark(state, { done }) {
      done(state.count);
    },
    get(state, _message, context) {
      context.reply({ kind: "is", count: state.count });
    },
  },
});

async function floodParentOf(children: number, quick: boolean): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  const parent = system.spawn(Parent, "parent", children);
  // The garbage of the spawns is not the messages' cost.
  await settledHeap();
  return flood(
    {
      add: () => system.tell(parent, ADD),
      mark: (done) => system.tell(parent, { kind: "mark", done }),
    },
    quick,
  );
}

/** A flood of an actor that has 100,000 children, and of the same actor without any. */
export const children: Part = {
  name: "children",
  contenders: {
    alone: ({ quick }: Circumstances) => floodParentOf(0, quick),
    withChildren: ({ quick }: Circumstances) => floodParentOf(CHILDREN, quick),
  },
  rounds: { quick: 3, full: 9 },
  nodeFlags: ["--expose-gc"],
  figures: {
    costWith100kChildren: {
      kind: "ratio",
      means: {
        en: "what a message costs an actor with 100,000 children, compared with the same actor without; smaller is better",
        zh: "有 100,000 个子 actor 时每条消息的开销，与没有子 actor 时相比；越小越好",
      },
      target: { atMost: 1.1 },
      of: (samples) => samples.ratio("alone", "withChildren", "perSecond"),
    },
  },
};
