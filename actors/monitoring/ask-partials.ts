import { COUNT_BOOK_ID } from "../../protocols/count-book.ts";
import type { CountBookProtocol } from "../../protocols/count-book.ts";
import type { CountDaysProtocol } from "../../protocols/count-days.ts";
import type { CountPageProtocol } from "../../protocols/count-page.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import type { Reply } from "../../protocols/protocol.ts";
import { BLOCK_MS } from "../../runtime/counting/cells.ts";
import { Counts, rangeOf } from "../../runtime/counting/counts.ts";
import { pagesOf, roundOf } from "../../runtime/counting/pages.ts";
import type { PageRange } from "../../runtime/counting/pages.ts";
import type { PartitionView } from "../../runtime/counting/watermark.ts";
import type { RouteContext } from "../../runtime/net/route.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import { Fault } from "../../runtime/fault.ts";

/** Counts move to pages once an hour: more than one move while they are read is no coincidence. */
const TRIES_MAX = 3;
/** A partition that has ended is shown for so long, in milliseconds. */
const ENDED_SHOWN_MS = 7 * 86_400_000;

type Asking = Pick<RouteContext, "ask">;
type Read = Reply<CountPartialProtocol, "read">;

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

/** What all partitions have said. */
export interface Counted {
  readonly counts: Counts;
  readonly partitions: readonly PartitionView[];
}

/** The same before it is added up: adding is work. */
export interface CountedApart {
  readonly parts: readonly Counts[];
  readonly partitions: readonly PartitionView[];
}

/** Adds up what all partitions have counted in a short time. */
export async function askPartials(places: CountedPlaces, wanted: Wanted, context: Asking): Promise<Counted> {
  const { parts, partitions } = await askEach(places, wanted, context);
  const counts = new Counts();
  for (const part of parts) counts.add(part);
  return { counts, partitions };
}

/** What each partition has counted. A partition that does not answer fails the question: a sum without it would be wrong. */
export async function askEach(places: CountedPlaces, wanted: Wanted, context: Asking): Promise<CountedApart> {
  const { fromMs } = wanted;
  const { partials: ids } = await context.ask(places.book.entity(COUNT_BOOK_ID), { kind: "list", fromMs });
  const answers = await Promise.all(ids.map((id) => askPartial({ places, id }, wanted, context)));
  return { parts: answers.flatMap(({ parts }) => parts), partitions: answers.map(({ view }) => view) };
}

/** The same of local days, which outlive partitions: those of one month, from the counts that are kept of days and from what is still on its way to them. */
export async function askDays(
  places: CountedPlaces,
  { page, ...wanted }: Wanted & { readonly page: string },
  context: Asking,
): Promise<CountedApart> {
  const { metric, fromMs, toMs } = wanted;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const { partials: ids } = await context.ask(places.book.entity(COUNT_BOOK_ID), { kind: "list", fromMs });
    const asked = ids.map(async (id) => {
      const read = await context.ask(places.partials.entity(id), { kind: "read", metric, fromMs, toMs });
      return { id, read };
    });
    const partials = await Promise.all(asked);
    const { counts, seqs } = await context.ask(places.days.entity(page), { kind: "read", fromMs, toMs });
    if (partials.some(({ id, read }) => roundOf(seqs[id] ?? 0) > read.rounds)) continue;
    const { from, to } = rangeOf(fromMs, toMs);
    const parts = partials.flatMap(({ id, read }) => [
      Counts.decode(read.counts),
      ...read.leaving
        .filter((part) => part.page === page && part.seq > (seqs[id] ?? 0))
        .map((part) => Counts.decode(Counts.decode(part.counts).encode({ from, to }))),
    ]);
    return {
      parts: [Counts.decode(counts), ...parts],
      partitions: partials.map(({ id, read }) => viewOf(id, read)),
    };
  }
  throw tooFast(page);
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

interface Asked {
  readonly places: CountedPlaces;
  readonly id: string;
}

interface Partition {
  readonly view: PartitionView;
  readonly parts: readonly Counts[];
}

/** What one partition has counted, with what is on its pages: all as of one moment. */
async function askPartial(asked: Asked, wanted: Wanted, context: Asking): Promise<Partition> {
  const { places, id } = asked;
  const { metric, fromMs, toMs, nowMs } = wanted;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const read = await context.ask(places.partials.entity(id), { kind: "read", metric, fromMs, toMs });
    const { from, to } = rangeOf(fromMs, toMs);
    const ranges = pagesOf(metric, { from, to: Math.min(to, read.archivedBefore) }, nowMs);
    const pages = await Promise.all(ranges.map((range) => readPage(asked, { read, range }, context)));
    if (pages.includes(undefined)) continue;
    const parts = pages.flatMap((page) => page ?? []);
    return { view: viewOf(id, read), parts: [Counts.decode(read.counts), ...parts] };
  }
  throw tooFast(id);
}

function tooFast(partition: string): Fault {
  return new Fault("notStored", { partition, why: "its counts move to pages faster than they can be read" });
}

interface PageAsk {
  readonly read: Read;
  readonly range: PageRange;
}

/** What a page has, and what is on its way to it; undefined when it has more than the partition had sent when it was asked. */
async function readPage(
  { places, id }: Asked,
  { read, range: { page, from, to } }: PageAsk,
  context: Asking,
): Promise<readonly Counts[] | undefined> {
  const range = { fromMs: from * BLOCK_MS, toMs: to * BLOCK_MS };
  const { seq, counts } = await context.ask(places.pages.entity(`${id}/${page}`), { kind: "read", ...range });
  if (roundOf(seq) > read.rounds) return undefined;
  const underWay = read.leaving.filter((part) => part.page === page && part.seq > seq);
  const leaving = underWay.map((part) => Counts.decode(Counts.decode(part.counts).encode({ from, to })));
  return [Counts.decode(counts), ...leaving];
}

function viewOf(id: string, { state, watermarkMs, lagMs }: Read): PartitionView {
  return { id, state, watermarkMs, lagMs };
}
