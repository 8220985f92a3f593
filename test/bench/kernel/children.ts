import type { Reference } from "../../../protocols/reference.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { Samples } from "../samples.ts";
import { Counter, CounterProtocol } from "./counter.ts";
import type { CounterState } from "./counter.ts";
import { ADD, pour } from "./flood.ts";
import type { Tap } from "./flood.ts";
import { settledHeap } from "./heap.ts";

const CHILDREN = 100_000;
/** Floods of each; the first of them warm up, which the median leaves out of account. */
const TURNS = { quick: 500, full: 2_000 };

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

/**
 * Both in one process, flood by flood in turns: what other work does to the machine from one process to the next is more
 * than the difference looked for, and the heap is the same for both, so that only the children differ.
 */
async function ours({ quick }: Circumstances): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  const alone = tapOf(system, system.spawn(Parent, "alone", 0));
  const parent = tapOf(system, system.spawn(Parent, "parent", CHILDREN));
  // The garbage of the spawns is not the messages' cost.
  await settledHeap();
  const turns: Sample[] = [];
  for (let turn = 0; turn < TURNS[quick ? "quick" : "full"]; turn++) {
    turns.push({ aloneMs: await pourMs(alone), withChildrenMs: await pourMs(parent) });
  }
  const samples = new Samples({ turns });
  return { cost: samples.median("turns", "withChildrenMs") / samples.median("turns", "aloneMs") };
}

async function pourMs(tap: Tap): Promise<number> {
  const startedAtMs = performance.now();
  await pour(tap);
  return performance.now() - startedAtMs;
}

function tapOf(system: ActorSystem, counter: Reference<typeof CounterProtocol>): Tap {
  return {
    add: () => system.tell(counter, ADD),
    mark: (done) => system.tell(counter, { kind: "mark", done }),
  };
}

/** A flood of an actor that has 100,000 children, and of the same actor without any. */
export const children: Part = {
  name: "children",
  contenders: { ours },
  rounds: { quick: 1, full: 5 },
  nodeFlags: ["--expose-gc"],
  figures: {
    costWith100kChildren: {
      kind: "ratio",
      means: {
        en: "what a message costs an actor with 100,000 children, compared with the same actor without; smaller is better",
        zh: "有 100,000 个子 actor 时每条消息的开销，与没有子 actor 时相比；越小越好",
      },
      target: { atMost: 1.1 },
      of: (samples) => samples.median("ours", "cost"),
    },
  },
};
