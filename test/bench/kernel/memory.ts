import { dispatch, spawn, start } from "nact";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Part, Sample } from "../benchmark.ts";
import { Counter } from "./counter.ts";
import { ADD } from "./flood.ts";
import { settledHeap } from "./heap.ts";
import { nactCounter } from "./nact-counter.ts";

const WARM_UP_ACTORS = 1_000;
const ACTORS = 50_000;

/** What the heap grows by for each actor that `spawnOne` starts and tells one message, name and state included. */
async function heapOfEach(spawnOne: (name: string) => void): Promise<Sample> {
  for (let index = 0; index < WARM_UP_ACTORS; index++) spawnOne(`early${index}`);
  const before = await settledHeap();
  for (let index = 0; index < ACTORS; index++) spawnOne(`actor${index}`);
  return { bytes: ((await settledHeap()) - before) / ACTORS };
}

async function ours(): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  return heapOfEach((name) => system.tell(system.spawn(Counter, name), ADD));
}

async function nact(): Promise<Sample> {
  const system = start();
  return heapOfEach((name) =>
    dispatch(spawn(system, nactCounter, name, { initialState: { count: 0 } }), ADD),
  );
}

/** What an actor weighs that has nothing to do. */
export const memory: Part = {
  name: "memory",
  contenders: { ours, nact },
  rounds: { quick: 1, full: 3 },
  nodeFlags: ["--expose-gc"],
  figures: {
    bytesPerIdleActor: {
      kind: "value",
      means: {
        en: "heap of an idle actor with its name and state, in bytes",
        zh: "一个空闲 actor（含名称与状态）占用的堆字节数",
      },
      target: { atMost: 800 },
      of: (samples) => samples.median("ours", "bytes"),
    },
  },
};
