import { setTimeout as pause } from "node:timers/promises";
import { SeededChance } from "../../support/seeded-chance.ts";
import { checkHistory } from "./check-history.ts";
import { HistoryBook, isPromised, messageKey, storedCounts } from "./history.ts";
import type { History, Recovery, StoredStep } from "./history.ts";
import type { NodeHandle } from "./node-handle.ts";
import type { Bug } from "./node-words.ts";
import { TORMENTS } from "./plan.ts";
import type { Plan } from "./plan.ts";
import { storedSteps } from "./stored-steps.ts";
import { BELL } from "./tally.ts";
import type { World } from "./world.ts";

/** How long everything may take to be reached again, in milliseconds: far more than it takes, also on a machine that is busy with other things. */
const RECOVERED_WITHIN_MS = 60_000;
/** Something is still said when everything is in order again, in milliseconds. */
const AFTERWARDS_MS = 300;
const LOOK_EVERY_MS = 40;

/** What came of the run of a seed; sound when there is no problem. */
export interface SeedReport {
  readonly seed: number;
  readonly torments: readonly string[];
  readonly problems: readonly string[];
  readonly said: number;
  readonly promised: number;
  readonly stored: number;
  /** The longest time in which a node came to all tallies again. */
  readonly recoveredMs: number;
  readonly ms: number;
}

/** The run of one seed in a world that other runs have used before and will use after it. `bug`: all nodes have it meanwhile. */
export async function runSeed(world: World, plan: Plan, bug?: Bug): Promise<SeedReport> {
  const sinceMs = performance.now();
  const book = new HistoryBook(plan.tallies.ids);
  world.book = book;
  const before = await countsOf(world);
  const begin = (node: NodeHandle): void => {
    node.do({ kind: "plant", bug });
    startLoad(node, plan);
  };
  world.onJoined = begin;
  for (const node of world.living) begin(node);
  await Promise.all([torment(world, plan), pause(plan.loadMs)]);
  await world.heal();
  const history = { ...(await settle(world, plan, before)), ...book.told };
  world.book = undefined;
  world.onJoined = () => undefined;
  const promised = history.ended.filter(isPromised).length;
  // Whoever has promised nothing breaks no promise.
  const silence = promised === 0 ? ["nothing was promised"] : [];
  return {
    seed: plan.seed,
    torments: plan.torments.map(({ name }) => name),
    problems: [...checkHistory(history), ...silence],
    said: history.said.length,
    promised,
    stored: [...history.stored.values()].reduce((sum, steps) => sum + steps.length, 0),
    recoveredMs: Math.round(Math.max(0, ...history.recoveries.map(({ ms }) => ms))),
    ms: Math.round(performance.now() - sinceMs),
  };
}

function startLoad(node: NodeHandle, plan: Plan): void {
  const { seed, tallies, everyMs, losesAll, askWithinMs } = plan;
  const order = { seed, as: node.name, tallies, everyMs, askWithinMs, delivers: !losesAll };
  node.do({ kind: "load", order });
}

async function torment(world: World, { seed, tallies, torments }: Plan): Promise<void> {
  const chance = new SeededChance(seed + 1);
  const underWay: Promise<void>[] = [];
  for (const { name, afterMs } of torments) {
    await pause(afterMs);
    const run = TORMENTS[name]?.run({ world, chance, tallies });
    if (run !== undefined) underWay.push(run);
  }
  await Promise.all(underWay);
}

/** Everything is in order again: waits until all that was said has its end, and looks at what there is. */
async function settle(
  world: World,
  { tallies, recoveredWithinMs = RECOVERED_WITHIN_MS }: Plan,
  before: ReadonlyMap<string, number>,
): Promise<Pick<History, "durability" | "stored" | "counted" | "recoveries">> {
  await pause(AFTERWARDS_MS);
  for (const node of world.living) node.do({ kind: "quiet" });
  const recoveries: Recovery[] = await Promise.all(
    world.living.map(async (node) => ({
      node: node.name,
      ...(await node.probe(tallies, recoveredWithinMs)),
    })),
  );
  await untilNothingIsOpen(world, recoveredWithinMs);
  const stored = await untilAllHaveRung(world, tallies);
  const counts = await countsOf(world);
  for (const node of world.living) {
    node.do({ kind: "plant", bug: undefined });
    node.do({ kind: "forgetLoad" });
  }
  return {
    durability: tallies.durability,
    stored,
    counted: [...counts].reduce((sum, [name, count]) => sum + count - (before.get(name) ?? 0), 0),
    recoveries,
  };
}

async function untilNothingIsOpen(world: World, withinMs: number): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (performance.now() < endMs) {
    const reports = await Promise.all(world.living.map((node) => node.report()));
    if (reports.every((report) => report?.open === 0)) return;
    await pause(LOOK_EVERY_MS);
  }
}

/** What is stored at the end; what entities have promised to remind themselves of has time until then. */
async function untilAllHaveRung(
  world: World,
  tallies: Plan["tallies"],
): Promise<ReadonlyMap<string, readonly StoredStep[]>> {
  const { ended = [], forgivenUntilMs = -Infinity } = world.book ?? {};
  const bells = ended.filter((one) => one.from === BELL && isPromised(one) && one.atMs > forgivenUntilMs);
  const endMs = performance.now() + RECOVERED_WITHIN_MS;
  for (;;) {
    const stored = await storedSteps(world.redis.primary.url, tallies);
    const counts = storedCounts({ stored });
    if (bells.every((bell) => counts.has(messageKey(bell))) || performance.now() > endMs) return stored;
    await pause(LOOK_EVERY_MS * 5);
  }
}

/** What each node has counted, also one that has left in order since. */
async function countsOf(world: World): Promise<ReadonlyMap<string, number>> {
  await Promise.all(world.living.map((node) => node.report()));
  return new Map(
    world.nodes.map(({ name, lastReport }) => [
      name,
      (lastReport?.counted ?? 0) + (lastReport?.doubtful ?? 0),
    ]),
  );
}
