import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { Circumstances, Contender, Part } from "../benchmark.ts";
import { ADD, pour } from "../kernel/flood.ts";
import type { Tap } from "../kernel/flood.ts";
import { median } from "../samples.ts";
import { watched } from "./watched.ts";

/** Slices of each, measured in turns in one process: short, so that whatever else the machine does meets both alike. */
const SLICES = { quick: 40, full: 100 };
/** Unmeasured, until the compiler has settled. */
const WARM_UP_SLICES = { quick: 20, full: 40 };
/** Floods of 5,000 messages in a slice. */
const FLOODS = 4;

/** A flood of a watched actor and one of an unwatched actor in turns; both run the same code, so only the watch differs. */
function inTurns(isAsync: boolean): Contender {
  return async ({ quick }: Circumstances) => {
    const size = quick ? "quick" : "full";
    const [watchedTap, bareTap] = [tapOf(true, isAsync), tapOf(false, isAsync)];
    const ratios: number[] = [];
    for (let slice = 0; slice < WARM_UP_SLICES[size] + SLICES[size]; slice++) {
      const isSwapped = slice % 2 === 1;
      const first = await sliceMs(isSwapped ? bareTap : watchedTap);
      const second = await sliceMs(isSwapped ? watchedTap : bareTap);
      if (slice >= WARM_UP_SLICES[size]) ratios.push(isSwapped ? first / second : second / first);
    }
    return { watchedVsBare: median(ratios) };
  };
}

function tapOf(isWatched: boolean, isAsync: boolean): Tap {
  const system = new ActorSystem({ name: "bench" });
  const actor = system.spawn(watched({ isWatched, isAsync }), "actor");
  return {
    add: () => system.tell(actor, ADD),
    mark: (done) => system.tell(actor, { kind: "mark", done }),
  };
}

async function sliceMs(tap: Tap): Promise<number> {
  const startedAtMs = performance.now();
  for (let flood = 0; flood < FLOODS; flood++) await pour(tap);
  return performance.now() - startedAtMs;
}

/** What detection costs those who are never found. */
export const tell: Part = {
  name: "tell",
  contenders: { sync: inTurns(false), async: inTurns(true) },
  rounds: { quick: 3, full: 5 },
  figures: {
    tellWithDetectionVsWithout: {
      kind: "ratio",
      means: {
        en: "tells a second with stall detection, compared with none",
        zh: "启用静默检测时每秒的 tell 数，与不启用相比",
      },
      target: { atLeast: 0.95 },
      of: (samples) => samples.median("sync", "watchedVsBare"),
    },
    asyncTurnsWithDetectionVsWithout: {
      kind: "ratio",
      means: {
        en: "the same for async handlers, whose turns are each watched",
        zh: "同上，处理函数为异步，每一轮都被看守",
      },
      of: (samples) => samples.median("async", "watchedVsBare"),
    },
  },
};
