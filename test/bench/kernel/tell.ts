import { dispatch, spawn, start } from "nact";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { Counter } from "./counter.ts";
import type { CounterState } from "./counter.ts";
import { ADD, flood } from "./flood.ts";
import { nactCounter } from "./nact-counter.ts";

async function ours({ quick }: Circumstances): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  const counter = system.spawn(Counter, "counter");
  return flood(
    {
      add: () => system.tell(counter, ADD),
      mark: (done) => system.tell(counter, { kind: "mark", done }),
    },
    quick,
  );
}

async function nact({ quick }: Circumstances): Promise<Sample> {
  const counter = spawn(start(), nactCounter, "counter", { initialState: { count: 0 } });
  return flood(
    {
      add: () => dispatch(counter, ADD),
      mark: (done) => dispatch(counter, { kind: "mark", done }),
    },
    quick,
  );
}

// What is left when an actor is nothing but an array: no bound, no order between actors, no failure, no name.
async function arrayLoop({ quick }: Circumstances): Promise<Sample> {
  type Message = typeof ADD | { readonly kind: "mark"; readonly done: (count: number) => void };
  const state: CounterState = { count: 0 };
  const handlers = {
    add: (_message: Message): void => void state.count++,
    mark: (message: Message): void => (message.kind === "mark" ? message.done(state.count) : undefined),
  };
  let mailbox: Message[] = [];
  const drain = (): void => {
    const taken = mailbox;
    mailbox = [];
    for (const message of taken) handlers[message.kind](message);
  };
  const put = (message: Message): void => {
    if (mailbox.push(message) === 1) setImmediate(drain);
  };
  return flood({ add: () => put(ADD), mark: (done) => put({ kind: "mark", done }) }, quick);
}

/** A flood of one actor from outside. */
export const tell: Part = {
  name: "tell",
  contenders: { ours, nact, arrayLoop },
  rounds: { quick: 3, full: 9 },
  figures: {
    tellVsNact: {
      kind: "ratio",
      means: {
        en: "tells a second to one actor, compared with nact",
        zh: "每秒发给单个 actor 的消息数，与 nact 相比",
      },
      target: { atLeast: 10 },
      of: (samples) => samples.ratio("ours", "nact", "perSecond"),
    },
    tellVsArrayLoop: {
      kind: "ratio",
      means: {
        en: "the share that is left of what a bare array and a loop could do",
        zh: "相对于裸数组加循环这一极限的比例",
      },
      of: (samples) => samples.ratio("ours", "arrayLoop", "perSecond"),
    },
    tellsPerSecond: {
      kind: "value",
      means: { en: "tells a second to one actor", zh: "每秒发给单个 actor 的消息数" },
      of: (samples) => samples.median("ours", "perSecond"),
    },
  },
};
