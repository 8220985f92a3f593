import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { open } from "lmdb";
import { FLUSH_WITHIN_MS } from "../../../runtime/persistence/commit-queue.ts";
import type { Durability, Journal } from "../../../runtime/persistence/journal.ts";
import { DATA_FILE } from "../../../runtime/persistence/data-file.ts";
import { MemoryJournal } from "../../../runtime/persistence/memory-journal.ts";
import { RedisServer } from "../../support/redis-server.ts";
import type { Circumstances, Part, Sample } from "../benchmark.ts";
import { countRecords, openRedisBench } from "./redis-bench.ts";
import { Steps, benchJournal, benchPath, perSecond } from "./steps.ts";

const IN_FLIGHT = 1_000;
/** When the file is copied, as a share of the run. */
const COPIED_AT = 0.8;
/** `appendfsync everysec` may be late by as much again. */
const EVERYSEC_MS = 2_000;
const QUICK_MS = 2_000;
const FULL_MS = 5_000;

/** Nothing of it is on a disk: whatever ends the process takes it all. */
async function memory({ quick }: Circumstances): Promise<Sample> {
  const owner = { ownerEpoch: 1, incarnation: "bench" };
  const journal: Journal = new MemoryJournal();
  const steps = new Steps(journal, () => owner, "memory");
  const rate = await perSecond(() => steps.append(), IN_FLIGHT, quick ? QUICK_MS : FULL_MS);
  return { perSecond: rate, lostByKill: steps.acknowledged, lostByPowerCut: steps.acknowledged };
}

/** In mid-run the file is copied and the copy opened: as a new process finds it after a kill. */
function embedded(durability: Durability): (circumstances: Circumstances) => Promise<Sample> {
  return async ({ quick, scratch }) => {
    const journal = await benchJournal(scratch);
    const steps = new Steps(journal, () => journal.writer, durability);
    const forMs = quick ? QUICK_MS : FULL_MS;
    const running = perSecond(() => steps.append(), IN_FLIGHT, forMs);
    await pause(forMs * COPIED_AT);
    const lostByKill = Math.max(0, steps.acknowledged - storedNow(scratch));
    const rate = await running;
    await journal.close();
    // An append that waits for its flush loses nothing; of others, what was acknowledged since the latest one.
    const lostByPowerCut = durability === "fsync" ? 0 : (rate * FLUSH_WITHIN_MS) / 1_000;
    return { perSecond: rate, lostByKill, lostByPowerCut };
  };
}

function storedNow(scratch: string): number {
  const path = join(scratch, `killed-${process.pid}`);
  mkdirSync(path);
  copyFileSync(join(benchPath(scratch), DATA_FILE), join(path, DATA_FILE));
  const root = open({ path, noSubdir: false });
  const count = root.openDB({ name: "records", encoding: "binary" }).getKeysCount();
  void root.close();
  return count;
}

/** The server is killed and comes back on what it has written; then its replica takes its place. */
function onRedis(durability: Durability): (circumstances: Circumstances) => Promise<Sample> {
  return async ({ quick }) => {
    const appendfsync = durability === "periodic" ? "everysec" : "always";
    const { primary, replica } = await RedisServer.pair({ appendfsync });
    try {
      const bench = await openRedisBench(primary.url);
      const steps = new Steps(bench.journal, bench.ownerOf, durability);
      const forMs = quick ? QUICK_MS : FULL_MS;
      const rate = await perSecond(() => steps.append(), IN_FLIGHT, forMs);
      // Then the kill, in mid-run.
      const running = perSecond(() => steps.append(), IN_FLIGHT, forMs).catch(() => undefined);
      await pause(forMs * COPIED_AT);
      await primary.kill();
      await Promise.all([running, bench.close()]);
      const lostByFailover = steps.acknowledged - countRecords(replica);
      await primary.start();
      const lostByKill = steps.acknowledged - countRecords(primary);
      const lostByPowerCut = durability === "periodic" ? (rate * EVERYSEC_MS) / 1_000 : 0;
      return {
        perSecond: rate,
        lostByKill: Math.max(0, lostByKill),
        lostByPowerCut,
        lostByFailover: Math.max(0, lostByFailover),
      };
    } finally {
      await primary.stop();
      await replica.stop();
    }
  };
}

/** What each durability costs, and the most that it loses: read in the table, because it is no figure of speed. */
export const durability: Part = {
  name: "durability",
  isLong: true,
  contenders: {
    memory,
    periodic: embedded("periodic"),
    fsync: embedded("fsync"),
    redisPeriodic: onRedis("periodic"),
    redisFsync: onRedis("fsync"),
    redisReplicated: onRedis("replicated"),
  },
  rounds: { quick: 1, full: 3 },
  figures: {},
};
