/**
 * A real host is reloaded while its clients talk: old worker, host, new worker and clients are processes of their own, as
 * in production, and everything takes the public path. There is no peer: nothing in Node moves a connection with its context.
 *
 * A gap is the time from a word of a client to its answer. In the room, where members only listen, it is the time
 * between two publications, of which there are 10 a second: a room stands still while its state moves.
 */
import type { Benchmark, Circumstances, Figure, Part, Sample } from "../benchmark.ts";
import type { Samples } from "../samples.ts";
import { EchoTalker } from "./echo-talker.ts";
import { reloaded } from "./reloaded.ts";
import { RoomTalker } from "./room-talker.ts";

const SMALL = 1_000;
const LARGE = 5_000;
const MEMBERS = 1_000;

function crowd(connections: number): (circumstances: Circumstances) => Promise<Sample> {
  return ({ scratch }) =>
    reloaded(
      { connections, path: "/echo", talker: (socket, index) => new EchoTalker(socket, index) },
      scratch,
    );
}

function room({ scratch }: Circumstances): Promise<Sample> {
  const score = { published: 0 };
  const talker = (socket: EchoTalker["socket"], index: number) => new RoomTalker(socket, index, score);
  return reloaded(
    { connections: MEMBERS, path: "/chatroom", subprotocol: "banyan.v1.json", talker },
    scratch,
  );
}

/** The worst of all runs: one that loses something is not made good by others. */
function worst(samples: Samples, number: string, contenders = ["small", "large"]): number {
  return Math.max(...contenders.flatMap((contender) => samples.of(contender, number)));
}

function never(number: string, en: string, zh: string): Figure {
  return {
    kind: "value",
    means: { en, zh },
    target: { atMost: 0 },
    of: (samples) => worst(samples, number),
  };
}

const moving: Part = {
  name: "moving",
  contenders: { small: crowd(SMALL), large: crowd(LARGE) },
  rounds: { quick: 1, full: 3 },
  figures: {
    connections: {
      kind: "value",
      means: {
        en: "live connections at 1 message/s that a reload moves to a new process",
        zh: "一次重载迁移到新进程的在线连接数（每连接每秒 1 条消息）",
      },
      target: { atLeast: LARGE },
      of: (samples) => samples.median("large", "connections"),
    },
    closed: never(
      "closed",
      "connections closed by it, the worst of all runs",
      "因此断开的连接数（各轮最差）",
    ),
    lost: never("lost", "messages lost by it, the worst of all runs", "因此丢失的消息数（各轮最差）"),
    reordered: never("reordered", "messages out of order, the worst of all runs", "乱序的消息数（各轮最差）"),
    worstGapMs: {
      kind: "value",
      means: {
        en: "the longest that any of 5,000 clients waits for an answer meanwhile, in ms",
        zh: "期间 5,000 个客户端中等待应答的最长时间（毫秒）",
      },
      target: { atMost: 250 },
      of: (samples) => samples.median("large", "worstGapMs"),
    },
    worstGapMsAt1000: {
      kind: "value",
      means: { en: "the same with 1,000 clients, in ms", zh: "同上，1,000 个客户端（毫秒）" },
      target: { atMost: 250 },
      of: (samples) => samples.median("small", "worstGapMs"),
    },
    connectionsPerSecond: {
      kind: "value",
      means: { en: "connections moved a second, of 5,000", zh: "每秒迁移的连接数（共 5,000 个）" },
      target: { atLeast: 2_000 },
      of: (samples) => samples.median("large", "connectionsPerSecond"),
    },
  },
};

const inARoom: Part = {
  name: "room",
  contenders: { room },
  rounds: { quick: 1, full: 3 },
  isLong: true,
  figures: {
    roomLost: {
      kind: "value",
      means: {
        en: "publications lost or out of order for the 1,000 members of a room that moves, the worst of all runs",
        zh: "迁移一个 1,000 人房间时丢失或乱序的消息数（各轮最差）",
      },
      target: { atMost: 0 },
      of: (samples) => worst(samples, "lost", ["room"]) + worst(samples, "reordered", ["room"]),
    },
    roomWorstGapMs: {
      kind: "value",
      means: {
        en: "the longest silence in that room, in ms",
        zh: "该房间中的最长静默时间（毫秒）",
      },
      of: (samples) => samples.median("room", "worstGapMs"),
    },
  },
};

/** How a reload looks to clients who are connected. */
export const handover: Benchmark = { name: "handover", peers: [], parts: [moving, inARoom] };
