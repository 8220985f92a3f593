import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import { LoopBeats } from "../../../runtime/supervision/watchdog/loop-beats.ts";
import type { Block } from "../../../runtime/supervision/watchdog/block.ts";
import { Watchdog } from "../../../runtime/supervision/watchdog/watchdog.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { watched } from "./watched.ts";

const BLOCKED_AFTER_MS = 200;
const HELD_MS = 1_000;
/** The watching thread starts up meanwhile. */
const START_MS = 500;
const TOLD_WITHIN_MS = 5_000;

/** Holds the event loop in a handler, and reads when it was named. */
async function blocks({ scratch }: Circumstances): Promise<Sample> {
  const system = new ActorSystem({ name: "bench" });
  const actor = system.spawn(watched({ isWatched: true, isAsync: false }), "actor");
  const named = new Promise<Block>((resolve, reject) => {
    new Watchdog({
      beats: new LoopBeats(),
      blockedAfterMs: BLOCKED_AFTER_MS,
      killAfterMs: 0,
      recordPath: join(scratch, "blocks.jsonl"),
      // A busy machine may have held up the start, which is no actor's doing.
      onBlocked: (block) => block.flight !== undefined && resolve(block),
      onFailed: reject,
    }).start();
  });
  await pause(START_MS);
  system.tell(actor, { kind: "hold", forMs: HELD_MS });
  const block = await Promise.race([named, pause(HELD_MS + TOLD_WITHIN_MS, undefined)]);
  if (block?.flight?.path !== "/actor") throw new RangeError("whoever held the loop was not named");
  return { namedMs: block.namedAfterMs - BLOCKED_AFTER_MS };
}

/** How soon a blocked event loop is named. */
export const blocked: Part = {
  name: "blocked",
  contenders: { blocks },
  rounds: { quick: 3, full: 9 },
  figures: {
    blockedLoopNamedMs: {
      kind: "value",
      means: {
        en: "how long after its threshold a blocked loop is named, in ms",
        zh: "被占住的事件循环过阈值后多久被指名（毫秒）",
      },
      target: { atMost: 250 },
      of: (samples) => samples.median("blocks", "namedMs"),
    },
  },
};
