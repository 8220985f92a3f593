import type { CountBookProtocol } from "../../protocols/count-book.ts";
import type { CountPageProtocol } from "../../protocols/count-page.ts";
import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { TimeBlockProtocol } from "../../protocols/time-block.ts";
import type { AfterContext } from "../../runtime/actor/decision.ts";
import { BLOCK_MS } from "../../runtime/counting/cells.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import { archivableBefore, pageParts } from "../../runtime/counting/pages.ts";
import { readTally } from "../../runtime/counting/tally.ts";
import type { PartialState } from "./partial-state.ts";
import type { Standings } from "./standings.ts";
import { timeBlockId } from "./time-block-id.ts";

/** Blocks that ended so long ago are counted without an actor of their own: somebody reads old logs. In milliseconds. */
const RECENT_MS = 3_600_000;

/** What all partials of a node have in common. */
export interface CountPartialArgs {
  readonly standings: Standings;
  readonly metrics: readonly MetricDefinition[];
  readonly book: () => Reference<CountBookProtocol>;
  readonly page: (id: string) => Reference<CountPageProtocol>;
  readonly timeBlock: (id: string) => Reference<TimeBlockProtocol>;
}

export type PartialAfter = AfterContext<CountPartialProtocol, CountPartialArgs>;

/** What follows a batch that is stored: whoever asks finds it, and the time blocks that it has changed look again. */
export function afterTally(state: PartialState, tally: Uint8Array, after: PartialAfter): void {
  list(after);
  touch(tally, after);
  const isDue = archivableBefore(state.counts, state.watermarkMs, state.archivedBefore) !== undefined;
  if (!isDue && state.leaving.isEmpty) return;
  if (after.args.standings.beginArchiving(after.id)) after.startTimer("archive", 0, { kind: "archiveNow" });
}

/** Has the book know of this partition. It is asked again with the next batch when it could not be. */
export function list(after: PartialAfter): void {
  const { standings, book } = after.args;
  if (standings.isListed(after.id)) return;
  after.ask(book(), { kind: "add", partial: after.id }, (outcome) => ({
    kind: "listed",
    isListed: outcome.ok && outcome.value.kind === "added",
  }));
}

function touch(tally: Uint8Array, after: PartialAfter): void {
  const { standings, timeBlock } = after.args;
  const recentMs = after.wallMs() - RECENT_MS;
  for (const [metric, numbers] of Counts.decode(readTally(tally).counts).blocks()) {
    for (const number of numbers) {
      const id = timeBlockId(metric, number);
      const isRecent = number * BLOCK_MS > recentMs;
      if (isRecent && standings.mayTouch(`${after.id} ${id}`, after.nowMs())) {
        after.tell(timeBlock(id), { kind: "touched" });
      }
    }
  }
}

/** Writes the next part of what is leaving onto its page. */
export function writePart({ leaving, rounds }: PartialState, parts: number, after: PartialAfter): void {
  const part = pageParts(leaving, rounds)[parts];
  if (part === undefined) return after.args.standings.endArchiving(after.id);
  const { page, seq, counts, untilMs } = part;
  after.ask(after.args.page(`${after.id}/${page}`), { kind: "keep", seq, counts, untilMs }, (outcome) => ({
    kind: "archive",
    parts: parts + 1,
    isWritten: outcome.ok,
  }));
}
