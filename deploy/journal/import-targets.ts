import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { NodeSettings } from "../../protocols/settings.ts";
import { openLmdbJournal } from "../../runtime/persistence/lmdb-journal.ts";
import type { ImportTarget } from "../../runtime/persistence/import-archive.ts";
import { RedisJournal } from "../../runtime/persistence/redis-journal.ts";
import { LmdbReminderStore } from "../../runtime/reminders/lmdb-reminder-store.ts";
import { RedisReminderStore } from "../../runtime/reminders/redis-reminder-store.ts";
import { RedisOwnership } from "../../runtime/sharding/redis-ownership.ts";
import { markedNames } from "../../runtime/sharding/store-marks.ts";
import type { RedisLink } from "../../runtime/redis/redis-link.ts";
import { SILENT } from "../../runtime/telemetry/silent-log.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";
import { openDataDirectory } from "../data-directory.ts";
import { takeLock } from "../host/place/host-lock.ts";
import { checkFitness, openClusterLink } from "../open-cluster.ts";
import { JOURNAL_FOLDER } from "../open-stores.ts";
import { Refusal } from "../refusal.ts";

/** An import is no node of the cluster: this is who it says that it is. What an earlier one has left behind may be taken. */
const IMPORTER = "journal-import";

/** Something that an archive goes into, and what it is called. */
export interface OpenTarget {
  readonly target: ImportTarget;
  readonly name: string;
  close(): Promise<void>;
}

/** The journal of the data directory, which no node may use meanwhile. @throws Refusal, Fault */
export async function openEmbeddedTarget({
  dataDir,
  journal: { maxBytes },
}: NodeSettings): Promise<OpenTarget> {
  openDataDirectory(dataDir);
  const lock = takeLock(dataDir, "node");
  const path = join(dataDir, JOURNAL_FOLDER);
  try {
    const options = { path, clock: new SystemClock(), incarnation: randomUUID(), usedBytesMax: maxBytes };
    const journal = await openLmdbJournal(options);
    return {
      name: `the journal ${path}`,
      target: {
        journal,
        reminders: new LmdbReminderStore(journal),
        claim: async () => journal.writer,
        release: async () => undefined,
      },
      close: async () => {
        await journal.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The Redis of a cluster. Its nodes may run: an entity that one of them has is left alone. @throws Refusal, Fault */
export async function openRedisTarget(settings: NodeSettings, url: string): Promise<OpenTarget> {
  const { cluster } = settings;
  const link = await openClusterLink({ ...settings, cluster: { ...cluster, redis: url } }, SILENT);
  try {
    await checkFitness(link, cluster, SILENT);
    await refuseForeign(link, cluster.name);
    const journal = await RedisJournal.open(link);
    return {
      name: "Redis",
      target: {
        journal,
        reminders: new RedisReminderStore(link.commands),
        ...claims(new RedisOwnership(link.control)),
      },
      close: async () => {
        await journal.close();
        await link.close();
      },
    };
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** What is imported belongs to one cluster, and its nodes go by the name. @throws Refusal; Fault of the store */
async function refuseForeign(link: RedisLink, own: string): Promise<void> {
  const other = (await markedNames(link.control)).find((name) => name !== own);
  if (other === undefined) return;
  const text = `this database belongs to the cluster ${other}, and cluster.name is ${own}`;
  throw new Refusal("settings", `${text}: set it to ${other}, or import into a database of its own`);
}

function claims(ownership: RedisOwnership): Pick<ImportTarget, "claim" | "release"> {
  const who = { incarnation: `${IMPORTER}/${randomUUID()}`, node: IMPORTER };
  return {
    async claim(entity) {
      const first = await ownership.claim({ entity, ...who });
      if (first.kind === "claimed") return first.owner;
      if (first.by.node !== IMPORTER) return undefined;
      const again = await ownership.claim({ entity, ...who, after: first.by });
      return again.kind === "claimed" ? again.owner : undefined;
    },
    async release(entity, owner) {
      await ownership.release({ entity, owner: { ...owner, node: IMPORTER } });
    },
  };
}
