import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { NodeSettings } from "../protocols/settings.ts";
import type { NodeParts } from "../runtime/node.ts";
import { EmbeddedJournal } from "../runtime/persistence/embedded-journal.ts";
import type { Fault } from "../runtime/fault.ts";
import { LmdbReminderStore } from "../runtime/reminders/lmdb-reminder-store.ts";
import type { Logger } from "../runtime/telemetry/logger.ts";
import { SystemClock } from "../runtime/time/system-clock.ts";

/** Where the journal of a node that stands alone lies in its data directory. */
export const JOURNAL_FOLDER = "journal";

/** What a node stores on. */
export type NodeStores = Pick<NodeParts, "journal" | "owner" | "stores" | "reminders">;

/**
 * What the settings say that a node stores on. Nothing of it is opened: that is for the node, when it begins to serve.
 * `onBroken` is called when nobody knows any more what is stored, and the process has to end.
 */
export function nodeStores(
  { dataDir, journal: { maxBytes }, reminders }: NodeSettings,
  { log, onBroken }: { readonly log: Logger; readonly onBroken: (fault: Fault) => void },
): NodeStores {
  const journal = new EmbeddedJournal({
    path: join(dataDir, JOURNAL_FOLDER),
    clock: new SystemClock(),
    incarnation: randomUUID(),
    usedBytesMax: maxBytes,
    onBroken,
    onTrouble(err) {
      if (err === undefined) log.info("journal.recovered");
      else log.error("journal.troubled", { code: err.code, err });
    },
  });
  const store = new LmdbReminderStore(journal);
  return { journal, owner: journal.owner, stores: [journal], reminders: { ...reminders, store } };
}
