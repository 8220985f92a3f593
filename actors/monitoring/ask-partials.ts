import { COUNT_BOOK_ID } from "../../protocols/count-book.ts";
import type { CountBookProtocol } from "../../protocols/count-book.ts";
import type { CountDaysProtocol } from "../../protocols/count-days.ts";
import type { CountPageProtocol } from "../../protocols/count-page.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import type { Reply } from "../../protocols/protocol.ts";
import { rangeOf } from "../../runtime/counting/counts.ts";
import type { BlockRange, Counts } from "../../runtime/counting/counts.ts";
import { countedToMs, keptFromMs, pagesOf } from "../../runtime/counting/pages.ts";
import type { Grain, PageRange } from "../../runtime/counting/pages.ts";
import { placeOf } from "../../runtime/counting/stretch.ts";
import type { Stretch } from "../../runtime/counting/stretch.ts";
import type { PartitionView } from "../../runtime/counting/watermark.ts";
import type { RouteContext } from "../../runtime/net/route.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { linkName } from "./page-room.ts";
import { AT_A_TIME, readTogether } from "./read-together.ts";
import type { PartialSaid, Pour, Reading } from "./read-together.ts";

/** A partition that has ended is shown for so long, in milliseconds. */
const ENDED_SHOWN_MS = 7 * 86_400_000;

type Asking = Pick<RouteContext, "ask">;

/** Where counts are. */
export interface CountedPlaces {
  readonly book: EntityType<CountBookProtocol>;
  readonly partials: EntityType<CountPartialProtocol>;
  readonly pages: EntityType<CountPageProtocol>;
  readonly days: EntityType<CountDaysProtocol>;
}

/** Which counts are wanted. */
export interface Wanted {
  readonly metric: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Now, which says in which way old counts are kept. */
  readonly nowMs: number;
}

/** What all partitions have said, before it is added up: adding is work. */
export interface CountedApart {
  readonly parts: readonly Counts[];
  readonly partitions: readonly PartitionView[];
}

/** The days of one month. */
export interface DaysPage {
  readonly page: string;
  readonly zone: string;
}

/** Whom to ask for which counts. */
export interface CountsAsked {
  readonly places: CountedPlaces;
  readonly wanted: Wanted;
  readonly context: Asking;
}

/** What each partition has counted in a short time. */
export async function askEach(places: CountedPlaces, wanted: Wanted, context: Asking): Promise<CountedApart> {
  const parts: Counts[] = [];
  const partitions = await eachCounted({ places, wanted, context }, (part) => void parts.push(part));
  return { parts, partitions };
}

/** Pours out what partitions have counted, one part after the other. A partition that does not answer fails the question: a sum without it would be wrong. */
export async function eachCounted(asked: CountsAsked, pour: Pour): Promise<readonly PartitionView[]> {
  const ranges = rangesOf(asked.wanted);
  const ids = await listed(asked);
  const views = new Map<string, PartitionView>();
  let poured: Promise<void> = Promise.resolve();
  const inTurn = (counts: Counts): Promise<void> => (poured = poured.then(() => pour(counts)));
  const waiting = [...ids];
  const readOn = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      for (const range of ranges) {
        const [said] = await readTogether(readingOf(asked, id, range), stretchOf(range), inTurn);
        if (said !== undefined && !views.has(id)) views.set(id, viewOf(id, said));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, ids.length) }, readOn));
  return ids.flatMap((id) => views.get(id) ?? []);
}

/** The same of local days, which outlive partitions: those of one month, from the counts that are kept of days and from what is still on its way to them. */
export async function eachDay(
  asked: CountsAsked,
  days: DaysPage,
  pour: Pour,
): Promise<readonly PartitionView[]> {
  const { fromMs, toMs } = asked.wanted;
  const ids = await listed(asked);
  const said = await readTogether(daysReading(asked, ids, days), stretchOf(rangeOf(fromMs, toMs)), pour);
  return said.map((one, index) => viewOf(ids[index] ?? "", one));
}

/** What every partition says of itself, with what became of all that was read of it. */
export async function askAccounts(
  { book, partials }: CountedPlaces,
  context: Asking & Pick<RouteContext, "wallMs">,
): Promise<readonly (Reply<CountPartialProtocol, "account"> & { readonly partition: string })[]> {
  const fromMs = context.wallMs() - ENDED_SHOWN_MS;
  const { partials: ids } = await context.ask(book.entity(COUNT_BOOK_ID), { kind: "list", fromMs });
  return Promise.all(
    ids.map(async (partition) => ({
      partition,
      ...(await context.ask(partials.entity(partition), { kind: "account" })),
    })),
  );
}

async function listed({ places, wanted: { fromMs }, context }: CountsAsked): Promise<readonly string[]> {
  const { partials } = await context.ask(places.book.entity(COUNT_BOOK_ID), { kind: "list", fromMs });
  return partials;
}

/** The pages to be read. Where there are none, partitions are asked all the same how they stand. */
function rangesOf({ metric, fromMs, toMs, nowMs }: Wanted): readonly PageRange[] {
  // Each page asks its partition, too: what no page can have costs nothing.
  const { from, to } = rangeOf(Math.max(fromMs, keptFromMs(nowMs)), Math.min(toMs, countedToMs(nowMs)));
  const pages = pagesOf(metric, { from, to }, nowMs);
  return pages.length === 0 ? [{ page: "", grain: "block", from, to: from }] : pages;
}

function stretchOf({ from, to }: BlockRange): Stretch {
  return { from: placeOf(from), to: placeOf(to) };
}

/** A partition with its page of a stretch of time. */
function readingOf(asked: CountsAsked, id: string, range: PageRange): Reading {
  const { places, context } = asked;
  return {
    ids: [id],
    page: range.page,
    askPartial: askingPartials(asked, range),
    askPage(link, portion, [said]) {
      // What belongs to later blocks is on no page yet.
      if (range.page === "" || (portion.after?.block ?? 0) >= (said?.archivedBefore ?? 0)) return undefined;
      const to = places.pages.entity(linkName(`${id}/${range.page}`, link));
      const asking = context.ask(to, { kind: "read", ...portion });
      return asking.then(({ seq, ...answered }) => ({ ...answered, seqs: { [id]: seq } }));
    },
  };
}

/** All partitions with the days of a month. */
function daysReading(asked: CountsAsked, ids: readonly string[], { page, zone }: DaysPage): Reading {
  const { places, context } = asked;
  return {
    ids,
    page,
    askPartial: askingPartials(asked, { page, grain: { zone } }),
    askPage: (link, portion) =>
      context.ask(places.days.entity(linkName(page, link)), { kind: "read", ...portion }),
  };
}

function askingPartials(
  { places, wanted: { metric }, context }: CountsAsked,
  { page, grain }: { readonly page: string; readonly grain: Grain },
): Reading["askPartial"] {
  return (id, portion) =>
    context.ask(places.partials.entity(id), { kind: "read", metric, pages: [page], grain, ...portion });
}

function viewOf(id: string, { state, watermarkMs, lagMs }: PartialSaid): PartitionView {
  return { id, state, watermarkMs, lagMs };
}
