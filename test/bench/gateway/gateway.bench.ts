/**
 * The gateway beside plain `ws` 8 and Socket.IO 4, each a server in one process on one port, loaded by `wsload` (an epoll
 * loop in C on the other core). Equal for all: the same connections, rooms and 64-byte messages, all of them WebSocket text
 * frames without compression; an echo goes back to its sender, a push over HTTP goes to every member of one room; a new
 * server process for each turn. The peers are set up as their documentation recommends for speed. Ours does more for each
 * message: route, rate limit, an actor for each connection, a bounded buffer for each member of a room.
 */
import type { Benchmark, Circumstances, Contender, Part, Sample } from "../benchmark.ts";
import { startServer } from "./server-process.ts";
import { putLoad } from "./wsload.ts";
import type { Load, LoadPlan } from "./wsload.ts";

/** How long each phase lasts, in seconds; the first load also waits until the server's code is compiled. */
const FULL = "--idle 1 --warm 1 --echo 3 --fan 3";
const QUICK_CROWD = "--idle 0.3 --warm 0.6 --echo 0.4 --fan 0.4";
const QUICK_ONE_BY_ONE = "--idle 0 --warm 0.2 --echo 0.3 --fan 0.3";

type Plan = (quick: boolean) => LoadPlan;

/** The usual load: 2,000 connections in two rooms, 200 of them with 8 echoes in flight; then 16 pushes in flight. */
const crowd: Plan = (quick) => ({
  connections: 2_000,
  until: "fanout",
  options: `--rooms 2 --active 200 -d 8 --pushers 16 ${quick ? QUICK_CROWD : FULL}`,
});

/** Nothing to join together: one echo in flight for each of 200 connections, then one push in flight to a room of 1,000. */
const oneByOne: Plan = (quick) => ({
  connections: 1_000,
  until: "fanout",
  options: `--rooms 1 --active 200 -d 1 --pushers 1 ${quick ? QUICK_ONE_BY_ONE : FULL}`,
});

/** 8 KiB to each of 100 connections at a fixed pace that fills what the kernel buffers; in the last phase 20 of them do not read. */
const slowReaders: Plan = () => ({
  connections: 100,
  until: "slow",
  options: "-z 8192 --pushers 1 --push-rate 100 --echo 0 --fan 5 --slow 12 --slow-pct 20",
});

/** A contender: a new server, one load after the other, and the numbers wanted of them. */
function under(
  file: string,
  plans: readonly Plan[],
  numbers: (...loads: Load[]) => Sample,
  dialect = "",
): Contender {
  return async ({ quick, scratch }: Circumstances) => {
    const server = await startServer(file);
    try {
      const loads: Load[] = [];
      for (const planOf of plans) {
        const plan = planOf(quick);
        loads.push(await putLoad({ ...plan, options: `${plan.options} ${dialect}` }, server, scratch));
      }
      return numbers(...loads);
    } finally {
      await server.stop();
    }
  };
}

function ofCrowd({ connect, idle, echo, fanout }: Load): Sample {
  return {
    handshakesPerSecond: connect.per_s,
    rssPerConnection: idle.rss_bytes_per_conn,
    echoPerSecond: echo!.per_s,
    deliveriesPerSecond: fanout!.deliveries_per_s,
    clientCpuPercent: Math.max(echo!.client_cpu_pct, fanout!.client_cpu_pct),
  };
}

function ofBoth(first: Load, { echo, fanout }: Load): Sample {
  return {
    ...ofCrowd(first),
    singleEchoPerSecond: echo!.per_s,
    singlePushDeliveriesPerSecond: fanout!.deliveries_per_s,
  };
}

function ofSlowReaders({ fanout, slow }: Load): Sample {
  const grownKb = slow!.rss_kb_peak - slow!.rss_kb_before;
  return {
    p99Us: fanout!.latency.p99_us,
    p99UsWithSlow: slow!.latency.p99_us,
    rssPerSlowReader: (Math.max(0, grownKb) * 1_024) / slow!.slow_conns,
  };
}

const clientsPart: Part = {
  name: "clients",
  runsIn: "runner",
  contenders: {
    // Its second load meets code that the first has warmed, as for any server that has run for a second.
    ours: under("gateway-server.js", [crowd, oneByOne], ofBoth),
    ws: under("ws-peer.js", [crowd, oneByOne], ofBoth),
    socketIo: under("socket-io-peer.js", [crowd], ofCrowd, "--sio"),
  },
  rounds: { quick: 2, full: 5 },
  figures: {
    fanoutVsWs: {
      kind: "ratio",
      means: {
        en: "messages a second delivered to rooms of 1,000, 16 pushes in flight, compared with plain `ws`",
        zh: "每秒向 1,000 人房间送达的消息数（16 个并发推送），与纯 `ws` 相比",
      },
      target: { atLeast: 4 },
      of: (samples) => samples.ratio("ours", "ws", "deliveriesPerSecond"),
    },
    fanoutVsSocketIo: {
      kind: "ratio",
      means: { en: "the same, compared with Socket.IO", zh: "同上，与 Socket.IO 相比" },
      of: (samples) => samples.ratio("ours", "socketIo", "deliveriesPerSecond"),
    },
    echoDepth8VsWs: {
      kind: "ratio",
      means: {
        en: "echoes a second, 8 in flight for each connection, compared with plain `ws`",
        zh: "每秒回显数（每个连接 8 条并发），与纯 `ws` 相比",
      },
      target: { atLeast: 2 },
      of: (samples) => samples.ratio("ours", "ws", "echoPerSecond"),
    },
    echoVsSocketIo: {
      kind: "ratio",
      means: { en: "the same, compared with Socket.IO", zh: "同上，与 Socket.IO 相比" },
      of: (samples) => samples.ratio("ours", "socketIo", "echoPerSecond"),
    },
    handshakesVsWs: {
      kind: "ratio",
      means: {
        en: "connections opened a second, compared with plain `ws`",
        zh: "每秒建立的连接数，与纯 `ws` 相比",
      },
      of: (samples) => samples.ratio("ours", "ws", "handshakesPerSecond"),
    },
    rssPerConnectionVsWs: {
      kind: "ratio",
      means: {
        en: "memory of an idle connection, compared with plain `ws`; smaller is better",
        zh: "每个空闲连接的内存，与纯 `ws` 相比；越小越好",
      },
      target: { atMost: 1.2 },
      of: (samples) => samples.ratio("ours", "ws", "rssPerConnection"),
    },
    deliveriesPerSecond: {
      kind: "value",
      means: {
        en: "messages a second delivered to rooms of 1,000, 16 pushes in flight",
        zh: "每秒向 1,000 人房间送达的消息数（16 个并发推送）",
      },
      of: (samples) => samples.median("ours", "deliveriesPerSecond"),
    },
    echoPerSecond: {
      kind: "value",
      means: {
        en: "echoes a second, 8 in flight for each connection",
        zh: "每秒回显数（每个连接 8 条并发）",
      },
      of: (samples) => samples.median("ours", "echoPerSecond"),
    },
    rssPerConnectionBytes: {
      kind: "value",
      means: { en: "memory of an idle connection, in bytes", zh: "每个空闲连接的内存（字节）" },
      of: (samples) => samples.median("ours", "rssPerConnection"),
    },
    echoDepth1VsWs: {
      kind: "ratio",
      means: {
        en: "echoes a second, one in flight for each connection, compared with plain `ws`",
        zh: "每秒回显数（每个连接 1 条并发），与纯 `ws` 相比",
      },
      target: { atLeast: 0.8 },
      of: (samples) => samples.ratio("ours", "ws", "singleEchoPerSecond"),
    },
    singleBroadcastVsWs: {
      kind: "ratio",
      means: {
        en: "messages a second delivered to a room of 1,000, one push in flight, compared with plain `ws`",
        zh: "每秒向 1,000 人房间送达的消息数（每次只有 1 个推送），与纯 `ws` 相比",
      },
      of: (samples) => samples.ratio("ours", "ws", "singlePushDeliveriesPerSecond"),
    },
  },
};

const slowReadersPart: Part = {
  name: "slowReaders",
  runsIn: "runner",
  contenders: { ours: under("gateway-server.js", [slowReaders], ofSlowReaders) },
  rounds: { quick: 1, full: 2 },
  isLong: true,
  figures: {
    slowReaderRssBytes: {
      kind: "value",
      means: {
        en: "memory that the server grows by for each client that stops reading, at its peak, in bytes",
        zh: "每个停止读取的客户端使服务器增长的内存峰值（字节）",
      },
      of: (samples) => samples.median("ours", "rssPerSlowReader"),
    },
    healthyP99WithSlowRatio: {
      kind: "value",
      means: {
        en: "p99 delivery time of the others while 20 % do not read, compared with before",
        zh: "20% 客户端不读取时其余客户端的 p99 送达时间，与之前相比",
      },
      of: (samples) => samples.median("ours", "p99UsWithSlow") / samples.median("ours", "p99Us"),
    },
  },
};

/** How many clients one process serves, and how well. */
export const gateway: Benchmark = {
  name: "gateway",
  peers: ["ws", "socket.io"],
  parts: [clientsPart, slowReadersPart],
};
