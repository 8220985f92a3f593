import { setTimeout as pause } from "node:timers/promises";
import { eventsIn, startNode } from "../../support/node-process.ts";
import type { NodeProcess } from "../../support/node-process.ts";
import { withRoles } from "../../support/with-roles.ts";
import { Refusal } from "../benchmark.ts";
import type { Sample } from "../benchmark.ts";
import { LeanWebSocket } from "./lean-web-socket.ts";

/** Connections that are opened at the same time. */
const OPENING_MAX = 100;
/** How long clients talk before and after the reload, in milliseconds. */
const CALM_MS = 1_000;
/** How long the last answers are waited for, in milliseconds. */
const LAST_ANSWERS_MS = 5_000;
/** From this share of a core on, the clients themselves would be what is measured. */
const CLIENTS_CPU_MAX = 0.95;
const WIDE = ["connections", "connectionsPerAddress", "messagesPerSecond", "burst"].flatMap((name) => [
  "--set",
  `limits.${name}=100000`,
]);

/** The environment in which host and workers know the route that the benchmark talks to. */
const WITH_ECHO = withRoles(new URL("./echo-roles.js", import.meta.url));

/** One client: says things in its own rhythm, and notes what comes back. */
export interface Talker {
  readonly socket: LeanWebSocket;
  /** Goes on talking until `hush`. */
  talk(): void;
  hush(): void;
  /** Whether nothing is on its way any more. */
  readonly isAnswered: boolean;
  readonly lost: number;
  readonly reordered: number;
  /** The longest that it has waited for something, in milliseconds. */
  readonly worstGapMs: number;
}

/** What a reload is measured with. */
export interface Crowd {
  readonly connections: number;
  /** The route, and what is said on it. */
  readonly path: string;
  readonly subprotocol?: string;
  readonly talker: (socket: LeanWebSocket, index: number) => Talker;
}

/** Reloads a real host under a crowd of clients, and says what they noticed of it. */
export async function reloaded(crowd: Crowd, scratch: string): Promise<Sample> {
  const node = await startNode(scratch, WIDE, WITH_ECHO);
  const talkers: Talker[] = [];
  try {
    await open(crowd, node, talkers);
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    for (const talker of talkers) talker.talk();
    await pause(CALM_MS);
    await reload(node);
    await pause(CALM_MS);
    refuseBusyClients(process.cpuUsage(cpu), performance.now() - startMs);
    return await summedUp(talkers, node);
  } finally {
    // Whoever is left would be sent away one by one.
    for (const { socket } of talkers) socket.terminate();
    await node.stop();
  }
}

async function open(
  { connections, path, subprotocol, talker }: Crowd,
  node: NodeProcess,
  talkers: Talker[],
): Promise<void> {
  const url = new URL(path, node.listeners["web"]);
  while (talkers.length < connections) {
    const count = Math.min(OPENING_MAX, connections - talkers.length);
    const opening = Array.from({ length: count }, () => LeanWebSocket.open(url, subprotocol));
    for (const socket of await Promise.all(opening)) talkers.push(talker(socket, talkers.length));
  }
}

async function reload(node: NodeProcess): Promise<void> {
  node.process.child.kill("SIGUSR2");
  await node.process.until((stdout) => eventsIn(stdout, "reload.done")[0]);
}

function refuseBusyClients({ user, system }: NodeJS.CpuUsage, tookMs: number): void {
  const share = (user + system) / 1_000 / tookMs;
  if (share < CLIENTS_CPU_MAX) return;
  throw new Refusal(
    `the clients took ${Math.round(share * 100)} % of a core: they are what would be measured`,
  );
}

async function summedUp(talkers: readonly Talker[], node: NodeProcess): Promise<Sample> {
  for (const talker of talkers) talker.hush();
  const endMs = performance.now() + LAST_ANSWERS_MS;
  while (performance.now() < endMs && talkers.some(({ isAnswered }) => !isAnswered)) await pause(10);
  const sum = (of: (talker: Talker) => number): number => talkers.reduce((total, one) => total + of(one), 0);
  const [moved] = eventsIn(node.process.stdout, "handOver.done");
  if (moved === undefined) throw new Refusal("nothing was handed over");
  const connections = Number(moved["connections"]);
  return {
    connections,
    closed: sum(({ socket }) => (socket.isOpen ? 0 : 1)),
    lost: sum(({ lost }) => lost),
    reordered: sum(({ reordered }) => reordered),
    worstGapMs: Math.max(...talkers.map(({ worstGapMs }) => worstGapMs)),
    connectionsPerSecond: (connections / Number(moved["connectionsMs"])) * 1_000,
    stateMs: Number(moved["stateMs"]),
  };
}
