import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { Beater } from "./beater.ts";

const ACTORS = 1_000;
const SECONDS = { quick: 4, full: 20 };
/** More than there are cores. */
const HOGS = 3;
const HOG =
  "const end = Date.now() + Number(require('node:worker_threads').workerData); while (Date.now() < end);";
/** Kept alive at most, so that the collector works hard and the process lives on. */
const GARBAGE_MAX = 200;

/** Actors that meet a duty of 250 ms while other threads take the cores and the heap is churned. */
async function underPressure({ quick }: Circumstances): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  for (let index = 0; index < ACTORS; index++) system.spawn(Beater, `b${index}`);
  const durationMs = SECONDS[quick ? "quick" : "full"] * 1_000;
  const hogs = Array.from({ length: HOGS }, () => new Worker(HOG, { eval: true, workerData: durationMs }));
  const endMs = performance.now() + durationMs;
  const garbage: number[][] = [];
  while (performance.now() < endMs) {
    garbage.push(Array.from({ length: 20_000 }, (_, index) => index));
    if (garbage.length > GARBAGE_MAX) garbage.length = 0;
    await pause(1);
  }
  await Promise.all(hogs.map((hog) => hog.terminate()));
  return { stalls: system.stalls.total };
}

/** Whether those who do their duty are left alone when the machine is busy. */
export const pressure: Part = {
  name: "pressure",
  contenders: { underPressure },
  rounds: { quick: 1, full: 2 },
  figures: {
    falseRestarts: {
      kind: "value",
      means: {
        en: "actors restarted although they did their duty, under CPU and GC pressure, the worst of all runs",
        zh: "CPU 与 GC 压力下，尽职却被重启的 actor 数（各轮最差）",
      },
      target: { atMost: 0 },
      of: (samples) => Math.max(...samples.of("underPressure", "stalls")),
    },
  },
};
