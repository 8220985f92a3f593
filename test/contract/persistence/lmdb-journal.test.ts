import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLmdbJournal } from "../../../runtime/persistence/lmdb-journal.ts";
import { SystemClock } from "../../../runtime/time/system-clock.ts";
import { countingOwners } from "../../support/counting-owners.ts";
import { journalContract } from "./journal-contract.ts";

journalContract("LMDB", async () => {
  const path = await mkdtemp(join(tmpdir(), "journal-"));
  const journal = await openLmdbJournal({ path, clock: new SystemClock(), incarnation: "test" });
  const dispose = async (): Promise<void> => {
    await journal.close();
    await rm(path, { recursive: true });
  };
  return { journal, claim: countingOwners(journal.writer.ownerEpoch), dispose };
});
