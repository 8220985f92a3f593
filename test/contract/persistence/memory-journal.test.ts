import { MemoryJournal } from "../../../runtime/persistence/memory-journal.ts";
import { countingOwners } from "../../support/counting-owners.ts";
import { journalContract } from "./journal-contract.ts";

journalContract("in memory", () => {
  const journal = new MemoryJournal({ strongest: "fsync" });
  return Promise.resolve({ journal, claim: countingOwners(), dispose: () => journal.close() });
});
