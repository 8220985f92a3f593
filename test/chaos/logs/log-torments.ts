import { setTimeout as pause } from "node:timers/promises";
import type { FaultKind } from "../../../deploy/dev/sls/faults.ts";
import { madeAnew, takenOver } from "./group-torments.ts";
import type { LogRun } from "./log-run.ts";
import type { PlanKind } from "./log-plan.ts";
import { shardOf } from "./sls-log.ts";

const HOUR_MS = 3_600_000;
const SEEN_WITHIN_MS = 2_000;

/** Something that goes wrong with whoever reads, or with what is read. */
export interface LogTorment {
  /** In which kinds of runs. */
  readonly in: readonly PlanKind[];
  /** It ends or begins readers: one such thing at a time. */
  readonly isOfReaders?: true;
  /** It needs a consumer group that shares the shards out. */
  readonly isOfGroup?: true;
  readonly run: (run: LogRun) => Promise<void>;
}

const ALONE: readonly PlanKind[] = ["sls", "storm", "file"];
const SLS: readonly PlanKind[] = ["sls", "storm", "cluster"];
const FILE: readonly PlanKind[] = ["file"];

/** Everything that may go wrong, by its name. */
export const LOG_TORMENTS: Readonly<Record<string, LogTorment>> = {
  killed: { in: ["sls", "storm", "file", "cluster"], isOfReaders: true, run: killed },
  killedAsItBegins: { in: ALONE, isOfReaders: true, run: killedAsItBegins },
  restarted: { in: ["sls", "storm", "file", "cluster"], isOfReaders: true, run: restarted },
  frozen: { in: ALONE, isOfReaders: true, run: (run) => frozen(run, run.chance.between(50, 500)) },
  frozenOverTheTakeover: {
    in: ["cluster"],
    isOfReaders: true,
    run: (run) => frozen(run, run.chance.between(2_000, 2_600)),
  },
  doublePuller: { in: SLS, run: doublePuller },
  frozenDoublePuller: { in: SLS, isOfReaders: true, run: frozenDoublePuller },
  hangs: { in: SLS, run: (run) => faults(run, { kind: "hang" }, 1) },
  stalls: { in: SLS, run: (run) => faults(run, { kind: "stall" }, 1) },
  drips: { in: SLS, run: (run) => faults(run, { kind: "drip", everyMs: run.chance.between(1, 30) }, 1) },
  resets: { in: SLS, run: (run) => faults(run, { kind: "reset" }, 4) },
  answersLost: { in: SLS, run: (run) => faults(run, { kind: "lostAnswer" }, 4) },
  wrongSizes: { in: SLS, run: (run) => faults(run, { kind: "wrongSize" }, 3) },
  wrongCounts: { in: SLS, run: (run) => faults(run, { kind: "wrongCount" }, 3) },
  truncated: { in: SLS, run: (run) => faults(run, { kind: "truncate" }, 3) },
  delays: { in: SLS, run: (run) => faults(run, { kind: "delay", ms: run.chance.between(50, 400) }, 4) },
  errors: {
    in: SLS,
    run: (run) => faults(run, { kind: "error", status: 500, code: "InternalServerError" }, 3),
  },
  quota: {
    in: SLS,
    run: (run) => faults(run, { kind: "error", status: 403, code: "ShardReadQuotaExceed" }, 1),
  },
  clockJumps: { in: SLS, run: clockJumps },
  retention: { in: SLS, run: retention },
  retentionWhileFrozen: { in: ["sls", "storm"], isOfReaders: true, run: retentionWhileFrozen },
  retentionWhileDead: { in: ["sls", "storm"], isOfReaders: true, run: retentionWhileDead },
  groupTakenOver: { in: ["sls", "cluster"], isOfGroup: true, run: takenOver },
  groupMadeAnew: { in: ["sls", "cluster"], isOfGroup: true, run: madeAnew },
  storm: { in: ["storm"], isOfReaders: true, run: storm },
  renamed: { in: FILE, run: (run) => once(() => run.file?.rename()) },
  copiedAndCut: { in: FILE, run: (run) => once(() => run.file?.copyAndCut()) },
  cut: { in: FILE, run: (run) => once(() => run.file?.cut()) },
  replaced: { in: FILE, run: (run) => once(() => run.file?.replace()) },
};

async function once(what: () => void): Promise<void> {
  what();
}

async function killed(run: LogRun): Promise<void> {
  const reader = run.any();
  if (reader === undefined) return;
  await run.kill(reader);
  await run.start(reader.name);
}

/** And once more at any moment of the start of its successor. */
async function killedAsItBegins(run: LogRun): Promise<void> {
  const reader = run.any();
  if (reader === undefined) return;
  await run.kill(reader);
  const begun = run.start(reader.name);
  await pause(run.chance.between(0, 120));
  const successor = run.readers.get(reader.name);
  if (successor !== undefined && successor !== reader) await run.kill(successor);
  await begun;
  if (successor !== reader) await run.start(reader.name);
}

async function restarted(run: LogRun): Promise<void> {
  const reader = run.any();
  if (reader === undefined || run.serving === undefined) return;
  await run.end(reader);
  await run.start(reader.name);
}

async function frozen(run: LogRun, ms: number): Promise<void> {
  const reader = run.any();
  reader?.pause();
  await pause(ms);
  reader?.resume();
}

async function doublePuller(run: LogRun): Promise<void> {
  run.any()?.double(run.log.filled);
  await pause(run.chance.between(0, 100));
}

/** Two pullers of everything, and the process of the second one stands still in the middle. */
async function frozenDoublePuller(run: LogRun): Promise<void> {
  const reader = run.any();
  reader?.double(run.log.filled);
  await pause(run.chance.between(0, 60));
  reader?.pause();
  await pause(run.chance.between(20, 400));
  reader?.resume();
}

async function faults(run: LogRun, kind: FaultKind, timesMax: number): Promise<void> {
  const partitions = run.chance.shuffled(run.log.filled).slice(0, run.chance.between(1, 2));
  for (const partition of partitions) {
    const times = run.chance.between(1, timesMax);
    run.world.server.faults.add({ ...kind, call: "pull", shard: shardOf(partition), times });
  }
}

async function clockJumps(run: LogRun): Promise<void> {
  run.world.server.clock.skewMs += HOUR_MS;
}

/** A partition of which something was counted: what is dropped behind that is lost. */
async function countedPartition(run: LogRun): Promise<string | undefined> {
  const endMs = performance.now() + SEEN_WITHIN_MS;
  while (performance.now() < endMs) {
    const counted = [...run.seen.values()].filter(({ cursor }) => cursor !== undefined);
    const [found] = run.chance.shuffled(counted);
    if (found !== undefined) return found.partition;
    await pause(10);
  }
  return undefined;
}

async function retention(run: LogRun): Promise<void> {
  const partition = await countedPartition(run);
  if (partition !== undefined) run.sls?.dropOldest(partition);
}

async function retentionWhileFrozen(run: LogRun): Promise<void> {
  const partition = await countedPartition(run);
  const reader = run.any();
  if (partition === undefined || reader === undefined) return;
  reader.pause();
  await pause(run.chance.between(100, 300));
  run.sls?.dropOldest(partition);
  reader.resume();
}

async function retentionWhileDead(run: LogRun): Promise<void> {
  const partition = await countedPartition(run);
  const reader = run.any();
  if (partition === undefined || reader === undefined) return;
  await run.kill(reader);
  await pause(run.chance.between(0, 200));
  run.sls?.dropOldest(partition);
  await run.start(reader.name);
}

/** Shards come and go, and whoever reads them does too: only so are they listed at once. */
async function storm(run: LogRun): Promise<void> {
  const acts = run.chance.between(2, 4);
  for (let act = 0; act < acts; act++) {
    const parents = run.log.filled;
    for (const partition of parents) {
      // The parents take their time: children that do not wait for them would be ahead for long.
      run.world.server.faults.add({
        kind: "delay",
        ms: 120,
        call: "pull",
        shard: shardOf(partition),
        times: 3,
      });
    }
    if (act === 0 || run.chance.between(0, 2) > 0) run.sls?.split();
    else run.sls?.merge();
    await pause(run.chance.between(30, 150));
    await (run.chance.between(0, 3) === 0 ? killed(run) : restarted(run));
  }
}
