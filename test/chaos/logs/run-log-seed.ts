import { setTimeout as pause } from "node:timers/promises";
import { checkAccount, checkCounts, checkStored } from "./checks.ts";
import { LogRun } from "./log-run.ts";
import type { Planted } from "./log-run.ts";
import type { LogPlan } from "./log-plan.ts";
import { LOG_TORMENTS } from "./log-torments.ts";
import type { LogWorld } from "./log-world.ts";
import type { PartitionAccount, PartitionCounts } from "./reader-words.ts";

/** How long everything may take to be read when nothing is wrong any more, in milliseconds: far more than it takes. */
const READ_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 15;

/** What came of the run of a seed; sound when there is no problem. */
export interface LogReport {
  readonly seed: number;
  readonly kind: string;
  readonly torments: readonly string[];
  readonly problems: readonly string[];
  /** Records that were put, and that were read. */
  readonly put: number;
  readonly read: number;
  /** Units that were gone before they were read. */
  readonly lost: number;
  readonly looks: number;
  readonly kills: number;
  /** How long it took to read the rest once nothing was wrong any more. */
  readonly restMs: number;
  readonly ms: number;
}

/** How a run is to differ from what its plan says. */
export interface LogRunOptions extends Planted {
  readonly readWithinMs?: number;
  /** Goes wrong from the beginning. */
  readonly atFirst?: (world: LogWorld) => void;
  /** Goes wrong when everything is in order again, and stays so. */
  readonly atLast?: (world: LogWorld) => void;
}

/** The run of one seed in a world that other runs have used before and will use after it. */
export async function runLogSeed(
  world: LogWorld,
  plan: LogPlan,
  options: LogRunOptions = {},
): Promise<LogReport> {
  const sinceMs = performance.now();
  world.server.faults.clear();
  options.atFirst?.(world);
  const run = new LogRun(world, plan, options);
  let counts: readonly PartitionCounts[];
  try {
    counts = await tormented(run, options);
  } finally {
    await run.close();
  }
  const units = run.log.filled.flatMap((partition) => run.log.counterOf(partition)?.units ?? []);
  const accounts = [...run.seen.values()];
  if (run.looks === 0) run.problems.push("nobody has ever answered");
  return {
    seed: plan.seed,
    kind: plan.kind,
    torments: plan.torments.map(({ name }) => name),
    problems: [...new Set([...run.problems, ...checkAll(run, accounts, counts)])],
    put: units.flat().length,
    read: accounts.reduce((sum, { read }) => sum + read, 0),
    lost: accounts.reduce((sum, account) => sum + run.log.lostOf(account), 0),
    looks: run.looks,
    kills: run.kills,
    restMs: Math.round(run.restMs),
    ms: Math.round(performance.now() - sinceMs),
  };
}

/** Everything that happens in a run. Answers what is counted at its end. */
async function tormented(
  run: LogRun,
  { atLast, readWithinMs }: LogRunOptions,
): Promise<readonly PartitionCounts[]> {
  const { faults } = run.world.server;
  let isTormented = true;
  const writing = write(run, () => isTormented);
  await run.begin();
  const looking = run.keepLooking();
  await torment(run).finally(() => (isTormented = false));
  await writing;
  faults.clear();
  atLast?.(run.world);
  await untilRead(run, readWithinMs ?? READ_WITHIN_MS);
  run.stopLooking();
  await looking;
  await run.look();
  const counts = await countOf(run);
  if (run.plan.isKilledAtEnd) await readBack(run, counts);
  return counts;
}

async function write({ plan, log }: LogRun, isTormented: () => boolean): Promise<void> {
  const endMs = performance.now() + plan.loadMs;
  while (isTormented() || performance.now() < endMs) {
    log.put();
    await pause(plan.everyMs);
  }
}

async function torment(run: LogRun): Promise<void> {
  const underWay: Promise<void>[] = [];
  for (const { name, afterMs } of run.plan.torments) {
    await pause(afterMs);
    const found = LOG_TORMENTS[name];
    if (found === undefined) continue;
    underWay.push(found.isOfReaders ? run.inTurn(() => found.run(run)) : found.run(run));
  }
  await Promise.all(underWay);
}

async function untilRead(run: LogRun, withinMs: number): Promise<void> {
  const sinceMs = performance.now();
  const endMs = sinceMs + withinMs;
  // A file in which nothing is yet is not gone on to.
  run.file?.put();
  run.file?.endLine();
  for (;;) {
    const unread = run.log.unread([...run.seen.values()]);
    run.restMs = performance.now() - sinceMs;
    if (unread.length === 0) return;
    if (performance.now() > endMs) {
      run.problems.push(`L7 not read to the end within ${withinMs} ms: ${unread.join(", ")}`);
      return;
    }
    await pause(LOOK_EVERY_MS);
  }
}

async function countOf(run: LogRun): Promise<readonly PartitionCounts[]> {
  const { serving } = run;
  if (serving !== undefined) return serving.count();
  run.problems.push("there is no reader at the end");
  return [];
}

/** What is counted outlives one more death, byte for byte. */
async function readBack(run: LogRun, counts: readonly PartitionCounts[]): Promise<void> {
  const { serving } = run;
  if (serving === undefined) return;
  await run.kill(serving);
  await run.start(serving.name);
  run.problems.push(...checkStored(counts, await countOf(run)));
  await run.look();
}

function checkAll(
  { log }: LogRun,
  accounts: readonly PartitionAccount[],
  counts: readonly PartitionCounts[],
): readonly string[] {
  return accounts.flatMap((account) => {
    const { partition } = account;
    const counter = log.counterOf(partition);
    const lost = log.lostOf(account);
    if (counter === undefined) return account.read === 0 ? [] : [`L3 nothing was put into ${partition}`];
    if (lost < 0 || lost > counter.dropped) {
      return [
        `L3 ${partition}: ${lost} units are lost, of ${counter.units.length}, of which ${counter.dropped} were dropped`,
      ];
    }
    const units = counter.without(lost);
    const committed = counts.find((one) => one.partition === partition) ?? { partition, counts: {} };
    return [...checkAccount(account, units), ...checkCounts(committed, units)];
  });
}
