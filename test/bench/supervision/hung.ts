import { setTimeout as pause } from "node:timers/promises";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Part, Sample } from "../benchmark.ts";
import { watched } from "./watched.ts";

const DEADLINE_MS = 500;
const LOOK_EVERY_MS = 1;

/** From the tell of a message that hangs to the stall, and from there to the first message of the next life. */
async function hangs(): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  const actor = system.spawn(
    watched({ isWatched: true, isAsync: true, progressWithinMs: DEADLINE_MS }),
    "actor",
  );
  const toldAtMs = performance.now();
  system.tell(actor, { kind: "hang" });
  const replaced = new Promise<number>((resolve) => {
    system.tell(actor, { kind: "mark", done: () => resolve(performance.now()) });
  });
  while (system.stalls.total === 0) await pause(LOOK_EVERY_MS);
  const foundAtMs = performance.now();
  const replacedAtMs = await replaced;
  return { detectedMs: foundAtMs - toldAtMs - DEADLINE_MS, replacedMs: replacedAtMs - foundAtMs };
}

/** How soon a hung handler is found and replaced. */
export const hung: Part = {
  name: "hung",
  contenders: { hangs },
  rounds: { quick: 3, full: 9 },
  figures: {
    hungDetectedAfterDeadlineMs: {
      kind: "value",
      means: {
        en: "how long after its deadline a hung handler is found, in ms",
        zh: "挂起的处理函数过期后多久被发现（毫秒）",
      },
      target: { atMost: 250 },
      of: (samples) => samples.median("hangs", "detectedMs"),
    },
    hungReplacedMs: {
      kind: "value",
      means: {
        en: "how long after that the next life handles mail, in ms",
        zh: "此后多久由新的生命继续处理（毫秒）",
      },
      target: { atMost: 100 },
      of: (samples) => samples.median("hangs", "replacedMs"),
    },
  },
};
