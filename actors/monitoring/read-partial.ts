import type { AskMessage, Reply } from "../../protocols/protocol.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import { Counts, rangeOf } from "../../runtime/counting/counts.ts";
import { blocksIn, inGrains } from "../../runtime/counting/pages.ts";
import { given } from "./given.ts";
import type { PartialState } from "./partial-state.ts";
import { readPortion } from "./read-portion.ts";

type Asked = AskMessage<CountPartialProtocol, "read">;
type Read = Reply<CountPartialProtocol, "read">;
/** What a partition says of its counts. */
type PartialCounts = Pick<Read, "kind" | "counts" | "archivedBefore" | "rounds" | "leaving" | "next">;

/** What a partition has of a stretch of time: its own counts, and what is on its way to the pages that are read with it. */
export function readPartial(
  { counts, leaving, archivedBefore, rounds }: PartialState,
  asked: Asked,
): PartialCounts {
  const { metric, pages, grain: _, ...portion } = asked;
  const going = (leaving?.parts ?? []).filter(
    ({ page }) => pages?.includes(page) ?? page.startsWith(`${metric}/`),
  );
  const all = [inItsGrain(counts, asked), ...going.map((part) => Counts.decode(part.counts))];
  const { parts, next } = readPortion(all, portion, metric);
  const [own = new Counts(), ...onTheirWay] = parts;
  return {
    kind: "counts",
    counts: own.encode(),
    archivedBefore,
    rounds,
    leaving: going.flatMap(({ page, seq }, index) => {
      const part = onTheirWay[index];
      return part === undefined || part.isEmpty ? [] : [{ page, seq, counts: part.encode() }];
    }),
    ...given({ next }),
  };
}

/** Its own counts as they are to stand. What begins a quarter of an hour or a day may stand before the blocks that are asked for, and never behind them. */
function inItsGrain(counts: Counts, { metric, grain = "block", fromMs, toMs, after }: Asked): Counts {
  if (grain === "block") return counts;
  const { from, to } = blocksIn(rangeOf(fromMs, toMs), grain);
  return inGrains(counts.packed({ from: after?.block ?? from, to }, metric), grain);
}
