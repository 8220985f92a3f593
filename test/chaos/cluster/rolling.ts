import { setTimeout as pause } from "node:timers/promises";
import { checkOrder } from "./check-order.ts";
import { checkOwners } from "./check-owners.ts";
import { storedCounts } from "./history.ts";
import type { History } from "./history.ts";
import type { NodeHandle } from "./node-handle.ts";
import type { RoundsReport, Tallies } from "./node-words.ts";
import { storedSteps } from "./stored-steps.ts";
import { World } from "./world.ts";

/** Who asks has no entities of its own, so that all of them are elsewhere. */
const ASKER = ["cluster.capacity=0", "cluster.profile=safe"];
const SERVER = "cluster.profile=safe";
const AS = "asker";
/** Between two restarts, in milliseconds: longer than entities stay where they are after a change. */
const REST_MS = 2_000;

/** How often which nodes are restarted, under which load. */
export interface RollingOrders {
  readonly rounds: number;
  readonly entities: number;
  /** Each entity is asked so long after it has answered, in milliseconds. */
  readonly everyMs: number;
  readonly say: (text: string) => void;
}

/** What came of it. */
export interface RollingReport extends Omit<RoundsReport, "movesMs" | "latest" | "unanswered"> {
  readonly restarts: number;
  /** Entities that were somewhere else afterwards, counted for each restart. */
  readonly moves: number;
  /** How long an entity did not answer because of a move. */
  readonly pauseMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Answered, and not stored. */
  readonly lost: number;
  readonly twice: number;
  readonly problems: readonly string[];
}

/** Restarts all nodes of a cluster in turn, again and again, while all its entities are asked; each restart leaves in order and starts anew. */
export async function rolling(orders: RollingOrders): Promise<RollingReport> {
  const { rounds, entities, everyMs, say } = orders;
  const ids = Array.from({ length: entities }, (_, index) => `rolling-${index}`);
  const tallies: Tallies = { durability: "fsync", ids };
  const world = await World.start(SERVER);
  try {
    const servers = [...world.living];
    const asker = await world.join({ name: AS, settings: ASKER });
    await asker.probe(tallies, 60_000);
    asker.do({ kind: "rounds", as: AS, tallies, everyMs });
    await pause(REST_MS);
    for (let round = 1; round <= rounds; round++) {
      for (const [index, server] of servers.entries()) {
        servers[index] = await restart(world, server, (text) => say(`round ${round}: ${text}`));
        await pause(REST_MS);
      }
    }
    const report = await asker.stopRounds();
    return await reportOf(report, { world, tallies, restarts: rounds * servers.length });
  } finally {
    await world.stop();
  }
}

async function restart(world: World, node: NodeHandle, say: (text: string) => void): Promise<NodeHandle> {
  const { name } = node;
  const sinceMs = performance.now();
  await world.leave(node);
  const leftMs = performance.now() - sinceMs;
  const joined = await world.join({ name, settings: [SERVER] });
  say(
    `${name} has left in ${Math.round(leftMs)} ms, and serves again after ${Math.round(performance.now() - sinceMs)} ms`,
  );
  return joined;
}

async function reportOf(
  { movesMs, latest, unanswered, ...report }: RoundsReport,
  {
    world,
    tallies,
    restarts,
  }: { readonly world: World; readonly tallies: Tallies; readonly restarts: number },
): Promise<RollingReport> {
  const stored = await storedSteps(world.redis.primary.url, tallies);
  const history: Pick<History, "stored" | "lost"> = { stored, lost: new Map() };
  const counts = storedCounts(history);
  const answered = Object.entries(latest).flatMap(([tally, last]) =>
    Array.from({ length: last }, (_, index) => index + 1)
      .filter((seq) => unanswered[tally]?.includes(seq) !== true)
      .map((seq) => `${tally} ${AS}:${seq}`),
  );
  const sorted = movesMs.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return {
    ...report,
    restarts,
    moves: movesMs.length,
    pauseMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
    lost: answered.filter((key) => !counts.has(key)).length,
    twice: [...counts.values()].filter((count) => count > 1).length,
    problems: [...checkOwners(history), ...checkOrder(history)],
  };
}
