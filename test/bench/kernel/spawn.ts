import { spawn as spawnNact, start } from "nact";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { Counter } from "./counter.ts";
import { nactCounter } from "./nact-counter.ts";

const WARM_UP_ACTORS = 30_000;
const ACTORS = { quick: 60_000, full: 200_000 };

/** Spawns with `spawnOne` under a name each, and answers how many it did in a second. All of them stay. */
function spawnAll(spawnOne: (name: string) => void, quick: boolean): Sample {
  const actors = ACTORS[quick ? "quick" : "full"];
  const names = Array.from({ length: WARM_UP_ACTORS + actors }, (_, index) => `actor${index}`);
  for (const name of names.slice(0, WARM_UP_ACTORS)) spawnOne(name);
  const measured = names.slice(WARM_UP_ACTORS);
  const startedAtMs = performance.now();
  for (const name of measured) spawnOne(name);
  return { perSecond: (actors * 1_000) / (performance.now() - startedAtMs) };
}

async function ours({ quick }: Circumstances): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  return spawnAll((name) => system.spawn(Counter, name), quick);
}

async function nact({ quick }: Circumstances): Promise<Sample> {
  const system = start();
  return spawnAll((name) => spawnNact(system, nactCounter, name, { initialState: { count: 0 } }), quick);
}

/** New actors under one parent, each with a name and a state of its own. */
export const spawn: Part = {
  name: "spawn",
  contenders: { ours, nact },
  rounds: { quick: 2, full: 9 },
  figures: {
    spawnVsNact: {
      kind: "ratio",
      means: { en: "actors started a second, compared with nact", zh: "每秒启动的 actor 数，与 nact 相比" },
      target: { atLeast: 0.8 },
      of: (samples) => samples.ratio("ours", "nact", "perSecond"),
    },
  },
};
