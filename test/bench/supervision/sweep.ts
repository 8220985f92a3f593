import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import { LoopBeats } from "../../../runtime/supervision/watchdog/loop-beats.ts";
import { Watchdog } from "../../../runtime/supervision/watchdog/watchdog.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { watched } from "./watched.ts";

const ACTORS = { quick: 100_000, full: 1_000_000 };
const SETTLE_MS = 1_000;
const IDLE_MS = 5_000;
const BLOCKED_AFTER_MS = 1_000;

/** A process full of actors that do nothing; CPU in milliseconds a second, and what the actors were made to handle. */
async function idle(isWatched: boolean, { quick, scratch }: Circumstances): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  const definition = watched({ isWatched, isAsync: false });
  for (let index = 0; index < ACTORS[quick ? "quick" : "full"]; index++) {
    system.spawn(definition, `a${index}`);
  }
  if (isWatched) watchLoop(join(scratch, "sweep-blocks.jsonl"));
  globalThis.gc?.();
  await pause(SETTLE_MS);
  const before = process.cpuUsage();
  await pause(IDLE_MS);
  const { user, system: kernel } = process.cpuUsage(before);
  const handled =
    system.describe({ depth: 1 })?.children?.reduce((sum, child) => sum + child.handled, 0) ?? 0;
  return { cpuMsPerSecond: (user + kernel) / IDLE_MS, handled };
}

/** The thread that watches the event loop is part of what detection costs. */
function watchLoop(recordPath: string): void {
  const ignore = (): void => undefined;
  const beats = new LoopBeats();
  const told = { onBlocked: ignore, onFailed: ignore };
  new Watchdog({ ...told, beats, blockedAfterMs: BLOCKED_AFTER_MS, killAfterMs: 0, recordPath }).start();
}

/** What detection costs while nothing happens. */
export const sweep: Part = {
  name: "sweep",
  contenders: {
    watched: (circumstances) => idle(true, circumstances),
    unwatched: (circumstances) => idle(false, circumstances),
  },
  rounds: { quick: 1, full: 3 },
  isLong: true,
  nodeFlags: ["--expose-gc", "--max-old-space-size=8192"],
  figures: {
    sweepCpuMsPerSecondAt1MActors: {
      kind: "value",
      means: {
        en: "CPU of the detection with 1,000,000 duties, in ms a second",
        zh: "一百万个心跳义务时检测所耗 CPU（毫秒/秒）",
      },
      target: { atMost: 10 },
      of: (samples) =>
        Math.max(
          0,
          samples.median("watched", "cpuMsPerSecond") - samples.median("unwatched", "cpuMsPerSecond"),
        ),
    },
    probeMessages: {
      kind: "value",
      means: { en: "messages that actors had to handle to be watched", zh: "为检测而让 actor 处理的消息数" },
      target: { atMost: 0 },
      of: (samples) => Math.max(...samples.of("watched", "handled")),
    },
  },
};
