import type { CountPlace } from "../../protocols/count-page.ts";
import type { Counts } from "./counts.ts";

// Pure: counts that are read part by part, because all of them at once may be more than a message takes.

/** From one place on, up to another that is not in it. */
export interface Stretch {
  readonly from: CountPlace;
  readonly to: CountPlace;
}

/** The beginning of a block. */
export function placeOf(block: number): CountPlace {
  return { block, key: "" };
}

/** Whether a place comes before another. */
export function isBefore(a: CountPlace, b: CountPlace): boolean {
  return a.block < b.block || (a.block === b.block && a.key < b.key);
}

/** What lies in a stretch, as bytes block by block; of all metrics unless one is named. What is said of a block as a whole goes with its first series. */
export function cut(counts: Counts, { from, to }: Stretch, metric?: string): Counts {
  const behind = to.key === "" ? to.block : to.block + 1;
  const within = counts.packed({ from: from.block, to: behind }, metric);
  if (from.key !== "") within.narrow(from.block, from.key);
  if (to.key !== "") within.narrow(to.block, "", to.key);
  return within;
}

/** Up to where counts that were cut for a stretch have at most so many bytes together; one series is always among them. */
export function endWithin(parts: readonly Counts[], { to }: Stretch, bytesMax: number): CountPlace {
  const sizes = new Map<number, number>();
  for (const part of parts) {
    for (const [block, bytes] of part.sizes()) sizes.set(block, (sizes.get(block) ?? 0) + bytes);
  }
  const blocks = [...sizes.keys()].sort((a, b) => a - b);
  let left = bytesMax;
  for (const block of blocks) {
    left -= sizes.get(block) ?? 0;
    if (left >= 0) continue;
    return block === blocks[0] ? endInBlock(parts, block, bytesMax) : placeOf(block);
  }
  return to;
}

/** The same where one block alone has more. */
function endInBlock(parts: readonly Counts[], block: number, bytesMax: number): CountPlace {
  const keys = [...new Set(parts.flatMap((part) => part.keysAt(block)))].sort();
  let count = keys.length;
  for (;;) {
    count = Math.ceil(count / 2);
    const key = keys[count];
    if (key === undefined) return placeOf(block + 1);
    const end = { block, key };
    const bytes = parts.reduce(
      (sum, part) => sum + cut(part, { from: placeOf(block), to: end }).packedBytes,
      0,
    );
    if (bytes <= bytesMax || count === 1) return end;
  }
}
