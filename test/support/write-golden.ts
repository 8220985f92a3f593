/**
 * Pins the bytes of messages and frames that are new (npm run golden). What is pinned is never changed: that is its use.
 * Only an entry that no release has had may be taken out of the file, by hand.
 */
import { extendGolden, goldenEvents, goldenFrames, goldenMessages } from "./golden.ts";

for (const set of [goldenFrames(), goldenMessages(), goldenEvents()]) {
  for (const added of extendGolden(set)) console.log(`${set.file}: pinned ${added}`);
}
