/**
 * Messages between two processes over one redis-server, all on the same machine. Ours is the public path: an actor of one node tells, or asks, an
 * actor of another one. Equal for all: the same server without a disk, the same 100 characters in each message, one sender and one receiver, and nothing counts
 * before the other side has handled it. Not equal: ours are kept until they are acknowledged and come once and in order,
 * also when a connection breaks, while Moleculer publishes and forgets. Moleculer's events stand against tells, its calls against questions; at most 4,000 of its events are on
 * their way at a time, because Redis drops a subscriber that falls behind. The echo over bare streams is one XADD and one blocking XREAD each way.
 */
import type { Benchmark, Part } from "../benchmark.ts";
import { talking } from "./talking.ts";

const most: Part = {
  name: "most",
  contenders: { ours: talking("ours", "most"), moleculer: talking("moleculer", "most") },
  rounds: { quick: 1, full: 5 },
  runsIn: "runner",
  figures: {
    vsMoleculerRedis: {
      kind: "ratio",
      means: {
        en: "messages between two processes a second, compared with Moleculer over Redis: the smaller of tells to events and questions to calls",
        zh: "两个进程之间每秒的消息数，与 Moleculer（Redis 传输）相比：取 tell 比事件、ask 比调用中较小者",
      },
      target: { atLeast: 6 },
      of: (samples) =>
        Math.min(
          samples.ratio("ours", "moleculer", "tellsPerSecond"),
          samples.ratio("ours", "moleculer", "asksPerSecond"),
        ),
    },
    reliableMessagesPerSecond: {
      kind: "value",
      means: {
        en: "messages a second from an actor of one process to an actor of another one, kept until acknowledged",
        zh: "每秒从一个进程的 actor 发到另一进程 actor 的消息数，确认前一直保留",
      },
      target: { atLeast: 150_000 },
      of: (samples) => samples.median("ours", "tellsPerSecond"),
    },
  },
};

const roundTrip: Part = {
  name: "roundTrip",
  contenders: { ours: talking("ours", "single"), streams: talking("streams", "single") },
  rounds: { quick: 1, full: 5 },
  runsIn: "runner",
  figures: {
    askRttVsStreamEcho: {
      kind: "ratio",
      means: {
        en: "median time of a question to another process, one at a time, compared with an echo over bare Redis streams; smaller is better",
        zh: "逐个向另一进程提问的耗时中位数，与直接用 Redis Stream 回显相比（越小越好）",
      },
      target: { atMost: 1.5 },
      of: (samples) => samples.ratio("ours", "streams", "p50Ms"),
    },
    askP50Ms: {
      kind: "value",
      means: {
        en: "ms from a question to its answer by another process, one at a time, median",
        zh: "向另一进程提问到得到回答的毫秒数（逐个提问，中位数）",
      },
      of: (samples) => samples.median("ours", "p50Ms"),
    },
  },
};

const steady: Part = {
  name: "steady",
  contenders: { ours: talking("ours", "steady") },
  rounds: { quick: 1, full: 5 },
  runsIn: "runner",
  figures: {
    askP99MsAt50k: {
      kind: "value",
      means: {
        en: "ms from a question to its answer by another process, 99th percentile at 50,000 a second",
        zh: "每秒 50,000 次提问时，向另一进程提问到得到回答的毫秒数（第 99 百分位）",
      },
      target: { atMost: 10 },
      of: (samples) => samples.median("ours", "p99Ms"),
    },
  },
};

export const transport: Benchmark = {
  name: "transport",
  peers: ["moleculer"],
  parts: [most, roundTrip, steady],
};
