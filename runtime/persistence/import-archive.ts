import { Fault } from "../fault.ts";
import type { ReminderStore } from "../reminders/reminder-store.ts";
import type { ArchiveEntity } from "./archive-lines.ts";
import { entityText, parseEntityKey } from "./entity-address.ts";
import type { EntityAddress } from "./entity-address.ts";
import { EntityImport } from "./entity-import.ts";
import type { Restoring } from "./entity-import.ts";
import type { Owner } from "./journal.ts";
import type { ArchiveContent } from "./read-archive.ts";

/** Where an archive goes. */
export interface ImportTarget {
  readonly journal: Restoring;
  readonly reminders: Pick<ReminderStore, "wakeBy">;
  /** Who may write the entity until `release`; undefined when somebody else has it. */
  claim(entity: EntityAddress): Promise<Owner | undefined>;
  release(entity: EntityAddress, owner: Owner): Promise<void>;
}

/**
 * What became of an entity: `imported` now; `present` already, in this version; `newer` here; `owned` by a node that runs;
 * `unlike`: what is here is none of its earlier versions, or nobody can tell.
 */
export type ImportOutcome = "imported" | "present" | "newer" | "owned" | "unlike";

/** How many entities had which outcome, and how many records were stored. */
export interface ImportReport {
  readonly outcomes: Readonly<Record<ImportOutcome, number>>;
  readonly records: number;
}

/** Told about each entity that was not taken over. */
export type OnLeftOut = (entity: string, outcome: ImportOutcome, why: string) => void;

/**
 * Puts what an archive holds into a journal. An entity is never set back: what is newer, or has another history, stays as it is. What was imported before is
 * found to be there, so an import that was interrupted is simply begun again. Each entity is a readable version of itself at every moment. @throws Fault
 */
export async function importArchive(
  items: AsyncIterable<ArchiveContent>,
  target: ImportTarget,
  onLeftOut: OnLeftOut,
): Promise<ImportReport> {
  const outcomes = { imported: 0, present: 0, newer: 0, owned: 0, unlike: 0 };
  let records = 0;
  let present: EntityImport | undefined;
  const finish = async (): Promise<void> => {
    if (present === undefined) return;
    const { outcome, why, stored } = await present.end();
    outcomes[outcome]++;
    records += stored;
    if (outcome !== "imported" && outcome !== "present") onLeftOut(entityText(present.entity), outcome, why);
    present = undefined;
  };
  try {
    for await (const item of items) {
      if (item.kind === "entity") {
        await finish();
        present = await EntityImport.begin(addressOf(item), item, target);
      } else await inEntity(present).take(item);
    }
    await finish();
  } finally {
    await present?.abandon();
  }
  return { outcomes, records };
}

function inEntity(present: EntityImport | undefined): EntityImport {
  if (present === undefined) {
    throw new Fault("archiveUnfit", { why: "it has a record that belongs to no entity" });
  }
  return present;
}

function addressOf({ key }: ArchiveEntity): EntityAddress {
  const entity = parseEntityKey(key);
  if (entity === undefined) throw new Fault("archiveUnfit", { why: `${key.slice(0, 80)} is no entity` });
  return entity;
}
