import type { CountBookProtocol } from "../../protocols/count-book.ts";
import type { CountDaysProtocol } from "../../protocols/count-days.ts";
import type { CountPageProtocol } from "../../protocols/count-page.ts";
import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { TimeBlockProtocol } from "../../protocols/time-block.ts";
import type { Outcome } from "../../runtime/actor/context.ts";
import type { AfterContext } from "../../runtime/actor/decision.ts";
import { BLOCK_MS } from "../../runtime/counting/cells.ts";
import { archivableBefore } from "../../runtime/counting/pages.ts";
import type { NodeAccounts } from "./node-accounts.ts";
import { linkName } from "./page-room.ts";
import type { PartialState } from "./partial-state.ts";
import type { Standings } from "./standings.ts";
import { timeBlockId } from "./time-block-id.ts";

/** Blocks that ended so long ago are counted without an actor of their own: somebody reads old logs. In milliseconds. */
const RECENT_MS = 3_600_000;
/** A page that could not be written is tried again after so long, in milliseconds. */
const ARCHIVE_AGAIN_MS = 5_000;

/** What all partials of a node have in common. */
export interface CountPartialArgs {
  readonly standings: Standings;
  readonly accounts: NodeAccounts;
  readonly metrics: readonly MetricDefinition[];
  readonly book: () => Reference<CountBookProtocol>;
  readonly page: (id: string) => Reference<CountPageProtocol>;
  readonly days: (id: string) => Reference<CountDaysProtocol>;
  /** The time zones whose days are kept for ever. */
  readonly zones: readonly string[];
  /** Whether a source stands in the settings. */
  readonly isRead: (source: string) => boolean;
  readonly timeBlock: (id: string) => Reference<TimeBlockProtocol>;
}

export type PartialAfter = AfterContext<CountPartialProtocol, CountPartialArgs>;

/** Each metric with the blocks that a batch has changed. */
type Touched = readonly (readonly [metric: string, blocks: readonly number[]])[];

/** What follows a batch that is stored: whoever asks finds it, and the time blocks that it has changed look again. */
export function afterTally(state: PartialState, touched: Touched, after: PartialAfter): void {
  touch(touched, after);
  settle(state, after);
}

/** What is to be done whatever has happened: the book knows of the partition, and counts go onto pages when it is time. */
export function settle(state: PartialState, after: PartialAfter): void {
  tellBook(state, after);
  archiveSoon(state, after);
}

/** Has counts go onto pages, if it is time and nobody is at it. */
function archiveSoon(state: PartialState, after: PartialAfter): void {
  if (state.leaving === undefined && archivableBefore(state) === undefined) return;
  if (state.life.beginArchiving()) after.startTimer("archive", 0, { kind: "archiveNow" });
}

/** Has the book know of this partition: that it is there, or, once all of it is on pages, that it has ended. */
function tellBook(state: PartialState, after: PartialAfter): void {
  const { standings, book } = after.args;
  const { id: partial } = after;
  const { state: said } = standings.of(partial, after.nowMs());
  const hasEnded = isSettled(state) && (said === "gone" || said === "stalled");
  const turn = state.life.bookTurn(hasEnded ? "ended" : "present", after.nowMs());
  if (turn === undefined) return;
  if (hasEnded) {
    const lastMs = state.archivedBefore * BLOCK_MS;
    return after.ask(book(), { kind: "end", partial, lastMs }, ({ ok }) => ({
      kind: "listed",
      turn,
      isListed: ok,
    }));
  }
  after.ask(book(), { kind: "add", partial }, (outcome) => {
    if (!outcome.ok) return { kind: "listed", turn, isListed: false };
    const { value } = outcome;
    return value.kind === "added"
      ? { kind: "listed", turn, isListed: true }
      : { kind: "listed", turn, isListed: false, refusal: value.text };
  });
}

/** Nothing will come any more, and all that came is on pages. */
function isSettled({ isGone, leaving, counts }: PartialState): boolean {
  return isGone && leaving === undefined && counts.isEmpty;
}

/** What the book has answered; neither when it could not be asked. */
interface BookAnswer {
  /** Which word it is about. */
  readonly turn: number;
  readonly isListed: boolean;
  readonly refusal?: string;
}

/** Notes what the book has answered: that it is full is told to people, and it is asked again later. */
export function noteBook(
  { life }: PartialState,
  { turn, isListed, refusal }: BookAnswer,
  after: PartialAfter,
): void {
  if (!isListed && refusal === undefined) return;
  const { args, id, log } = after;
  life.noteBook(turn, isListed ? "taken" : "refused");
  const isNews = args.standings.noteListed(id, isListed, after.nowMs());
  if (isNews) log.error("monitoring.bookFull", { partition: id, why: refusal });
}

function touch(touched: Touched, after: PartialAfter): void {
  const { standings, timeBlock } = after.args;
  const recentMs = after.wallMs() - RECENT_MS;
  for (const [metric, numbers] of touched) {
    for (const number of numbers) {
      const id = timeBlockId(metric, number);
      const isRecent = number * BLOCK_MS > recentMs;
      if (isRecent && standings.mayTouch(`${after.id} ${id}`, after.nowMs())) {
        after.tell(timeBlock(id), { kind: "touched" });
      }
    }
  }
}

/** A page or a journal that did not answer is asked again. Meanwhile nobody else begins. */
export function archiveAgain(after: PartialAfter): void {
  after.startTimer("archive", ARCHIVE_AGAIN_MS, { kind: "archiveNow" });
}

/** Which part is next, and which page of its chain it goes to. */
interface NextPart {
  /** How many parts are on their pages. */
  readonly parts: number;
  readonly link?: number | undefined;
}

/** Writes the next part of what is leaving onto its page, or to the days of all partitions. A page that is full has another behind it. */
export function writePart(
  { leaving, life }: PartialState,
  { parts, link = 0 }: NextPart,
  after: PartialAfter,
): void {
  const { args, id } = after;
  const part = leaving?.parts[parts];
  if (part === undefined) return life.endArchiving();
  const { page, seq, counts, untilMs } = part;
  const next = (outcome: Outcome<{ readonly kind: "kept" | "full" }>) => {
    if (!outcome.ok) return { kind: "archive", parts, isWritten: false } as const;
    const isFull = outcome.value.kind === "full";
    if (isFull) return { kind: "archive", parts, isWritten: true, link: link + 1 } as const;
    const goesOn = leaving?.parts[parts + 1]?.page === page;
    return { kind: "archive", parts: parts + 1, isWritten: true, link: goesOn ? link : 0 } as const;
  };
  if (untilMs === undefined) {
    after.ask(args.days(linkName(page, link)), { kind: "keep", partial: id, seq, counts, link }, next);
  } else {
    after.ask(args.page(linkName(`${id}/${page}`, link)), { kind: "keep", seq, counts, untilMs, link }, next);
  }
}
