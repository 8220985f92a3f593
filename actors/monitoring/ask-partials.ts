import { COUNT_BOOK_ID } from "../../protocols/count-book.ts";
import type { CountBookProtocol } from "../../protocols/count-book.ts";
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
import type { Counted } from "./stats-answer.ts";

/** Counts move to pages once an hour: more than one move while they are read is no coincidence. */
const TRIES_MAX = 3;

type Asking = Pick<RouteContext, "ask">;
type Read = Reply<CountPartialProtocol, "read">;

/** Where counts are. */
export interface CountedPlaces {
  readonly book: EntityType<CountBookProtocol>;
  readonly partials: EntityType<CountPartialProtocol>;
  readonly pages: EntityType<CountPageProtocol>;
}

/** Which counts are wanted. */
export interface Wanted {
  readonly metric: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Now, which says in which way old counts are kept. */
  readonly nowMs: number;
}

/** Adds up what all partitions have counted. A partition that does not answer fails the question: a sum without it would be wrong. */
export async function askPartials(places: CountedPlaces, wanted: Wanted, context: Asking): Promise<Counted> {
  const { partials: ids } = await context.ask(places.book.entity(COUNT_BOOK_ID), { kind: "list" });
  const partitions = await Promise.all(ids.map((id) => askPartial({ places, id }, wanted, context)));
  const counts = new Counts();
  for (const { counted } of partitions) counts.add(counted);
  return { counts, partitions: partitions.map(({ view }) => view) };
}

/** What every partition says of itself, with what became of all that was read of it. */
export async function askAccounts(
  { book, partials }: CountedPlaces,
  context: Asking,
): Promise<readonly (Reply<CountPartialProtocol, "account"> & { readonly partition: string })[]> {
  const { partials: ids } = await context.ask(book.entity(COUNT_BOOK_ID), { kind: "list" });
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
  readonly counted: Counts;
}

/** What one partition has counted, with what is on its pages: all as of one moment. */
async function askPartial(asked: Asked, wanted: Wanted, context: Asking): Promise<Partition> {
  const { places, id } = asked;
  const { metric, fromMs, toMs, nowMs } = wanted;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const read = await context.ask(places.partials.entity(id), { kind: "read", metric, fromMs, toMs });
    const { from, to } = rangeOf(fromMs, toMs);
    const ranges = pagesOf(metric, { from, to: Math.min(to, read.archivedBefore) }, nowMs);
    const parts = await Promise.all(ranges.map((range) => readPage(asked, { read, range }, context)));
    if (parts.includes(undefined)) continue;
    const counted = Counts.decode(read.counts);
    for (const part of parts) counted.add(part as Counts);
    return { view: viewOf(id, read), counted };
  }
  throw new Fault("notStored", {
    partition: id,
    why: "its counts move to pages faster than they can be read",
  });
}

interface PageAsk {
  readonly read: Read;
  readonly range: PageRange;
}

/** What a page has, with what is on its way to it; undefined when it has more than the partition had sent when it was asked. */
async function readPage(
  { places, id }: Asked,
  { read, range: { page, from, to } }: PageAsk,
  context: Asking,
): Promise<Counts | undefined> {
  const range = { fromMs: from * BLOCK_MS, toMs: to * BLOCK_MS };
  const { seq, counts } = await context.ask(places.pages.entity(`${id}/${page}`), { kind: "read", ...range });
  if (roundOf(seq) > read.rounds) return undefined;
  const found = Counts.decode(counts);
  for (const part of read.leaving) {
    if (part.page === page && part.seq > seq) found.merge(Counts.decode(part.counts).encode({ from, to }));
  }
  return found;
}

function viewOf(id: string, { state, watermarkMs, lagMs }: Read): PartitionView {
  return { id, state, watermarkMs, lagMs };
}
