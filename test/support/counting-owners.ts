import type { Owner } from "../../runtime/persistence/journal.ts";

/** Owners with growing epochs, for a journal where the higher one takes over with its first write. */
export function countingOwners(from = 0): () => Promise<Owner> {
  let ownerEpoch = from;
  return () => {
    ownerEpoch += 1;
    return Promise.resolve({ ownerEpoch, incarnation: `life-${ownerEpoch}` });
  };
}
