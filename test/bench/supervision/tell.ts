import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Contender, Part } from "../benchmark.ts";
import { ADD, flood } from "../kernel/flood.ts";
import { watched } from "./watched.ts";

/** Floods one actor, watched or not. */
function tells(isWatched: boolean, isAsync: boolean): Contender {
  return ({ quick }: Circumstances) => {
    const system = new ActorSystem({ name: "bench" });
    const actor = system.spawn(watched({ isWatched, isAsync }), "actor");
    const tap = {
      add: () => system.tell(actor, ADD),
      mark: (done: (count: number) => void) => system.tell(actor, { kind: "mark", done }),
    };
    return flood(tap, quick);
  };
}

/** What detection costs those who are never found. */
export const tell: Part = {
  name: "tell",
  contenders: {
    watched: tells(true, false),
    unwatched: tells(false, false),
    watchedAsync: tells(true, true),
    unwatchedAsync: tells(false, true),
  },
  rounds: { quick: 3, full: 9 },
  figures: {
    tellWithDetectionVsWithout: {
      kind: "ratio",
      means: {
        en: "tells a second with stall detection, compared with none",
        zh: "启用静默检测时每秒的 tell 数，与不启用相比",
      },
      target: { atLeast: 0.95 },
      of: (samples) => samples.ratio("watched", "unwatched", "perSecond"),
    },
    asyncTurnsWithDetectionVsWithout: {
      kind: "ratio",
      means: {
        en: "the same for async handlers, whose turns are each watched",
        zh: "同上，处理函数为异步，每一轮都被看守",
      },
      of: (samples) => samples.ratio("watchedAsync", "unwatchedAsync", "perSecond"),
    },
  },
};
