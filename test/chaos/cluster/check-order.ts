import type { History } from "./history.ts";
import { BELL } from "./tally.ts";

/** I3: what one sender has said to one entity is stored in his order. What an entity reminds itself of has none. Pure. */
export function checkOrder({ stored }: Pick<History, "stored">): readonly string[] {
  const problems: string[] = [];
  for (const [tally, steps] of stored) {
    const latest = new Map<string, number>();
    for (const note of steps.flatMap(({ notes }) => notes)) {
      const at = note.lastIndexOf(":");
      const from = note.slice(0, at);
      const seq = Number(note.slice(at + 1));
      const before = latest.get(from) ?? 0;
      if (from !== BELL && seq < before) {
        problems.push(`I3 ${tally}: ${note} is stored after ${from}:${before}`);
      }
      latest.set(from, Math.max(before, seq));
    }
  }
  return problems;
}
