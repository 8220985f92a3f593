import { query, spawn, start } from "nact";
import type { Ref } from "nact";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { Counter } from "./counter.ts";
import { nactCounter } from "./nact-counter.ts";
import type { NactCount, NactCounterMessage } from "./nact-counter.ts";
import { pace } from "./pace.ts";

/** Questions under way together, as many requests of a server would be. */
const IN_FLIGHT = 100;
const DEADLINE_MS = 5_000;

/** Puts `IN_FLIGHT` questions and waits for all answers. */
async function askAll(ask: () => Promise<unknown>): Promise<void> {
  const answers: Promise<unknown>[] = [];
  for (let asked = 0; asked < IN_FLIGHT; asked++) answers.push(ask());
  await Promise.all(answers);
}

async function ours({ quick }: Circumstances): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  const counter = system.spawn(Counter, "counter");
  const ask = (): Promise<unknown> => system.ask(counter, { kind: "get" }, { deadlineMs: DEADLINE_MS });
  return { perSecond: await pace(IN_FLIGHT, quick, () => askAll(ask)) };
}

async function nact({ quick }: Circumstances): Promise<Sample> {
  const counter: Ref<NactCounterMessage> = spawn(start(), nactCounter, "counter", {
    initialState: { count: 0 },
  });
  const get = (sender: Ref<NactCount>): NactCounterMessage => ({ kind: "get", sender });
  const ask = (): Promise<unknown> => query(counter, get, DEADLINE_MS);
  return { perSecond: await pace(IN_FLIGHT, quick, () => askAll(ask)) };
}

/** Questions with a deadline, and their answers. */
export const ask: Part = {
  name: "ask",
  contenders: { ours, nact },
  rounds: { quick: 2, full: 9 },
  figures: {
    askVsNact: {
      kind: "ratio",
      means: {
        en: "asks answered a second, 100 in flight, compared with nact",
        zh: "每秒应答的 ask 数（100 个并发），与 nact 相比",
      },
      target: { atLeast: 2 },
      of: (samples) => samples.ratio("ours", "nact", "perSecond"),
    },
    asksPerSecond: {
      kind: "value",
      means: { en: "asks answered a second, 100 in flight", zh: "每秒应答的 ask 数（100 个并发）" },
      of: (samples) => samples.median("ours", "perSecond"),
    },
  },
};
