import { COUNT_BOOK_ID } from "../../protocols/count-book.ts";
import type { CountBookProtocol } from "../../protocols/count-book.ts";
import type { CountPageProtocol } from "../../protocols/count-page.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import type { Reply } from "../../protocols/protocol.ts";
import { BLOCK_MS, blockOf } from "../../runtime/counting/cells.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import { pagesOf } from "../../runtime/counting/pages.ts";
import type { PageRange } from "../../runtime/counting/pages.ts";
import type { PartitionView } from "../../runtime/counting/watermark.ts";
import type { RouteContext } from "../../runtime/net/route.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";
import type { Counted } from "./stats-answer.ts";

type Asking = Pick<RouteContext, "ask">;

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
export async function askPartials(
  places: CountedPlaces,
  { metric, fromMs, toMs, nowMs }: Wanted,
  context: Asking,
): Promise<Counted> {
  const { book, partials } = places;
  const wanted = { metric, fromMs, toMs };
  const { partials: ids } = await context.ask(book.entity(COUNT_BOOK_ID), { kind: "list" });
  const replies = await Promise.all(
    ids.map(async (id) => ({
      id,
      reply: await context.ask(partials.entity(id), { kind: "read", ...wanted }),
    })),
  );
  const counts = new Counts();
  for (const { reply } of replies) counts.merge(reply.counts);
  // What a partition still had when it answered is not on its pages, and what is there now does not change any more.
  const old = replies.flatMap(({ id, reply: { archivedBefore } }) => {
    const range = { from: blockOf(fromMs), to: Math.min(archivedBefore, blockOf(toMs + BLOCK_MS - 1)) };
    return pagesOf(metric, range, nowMs).map((part) => ({ ...part, page: `${id}/${part.page}` }));
  });
  const pages = await Promise.all(old.map((part) => readPage(places, part, context)));
  for (const page of pages) counts.merge(page);
  return { counts, partitions: replies.map(({ id, reply }) => viewOf(id, reply)) };
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

async function readPage(
  { pages }: CountedPlaces,
  { page, from, to }: PageRange,
  context: Asking,
): Promise<Uint8Array> {
  const range = { fromMs: from * BLOCK_MS, toMs: to * BLOCK_MS };
  const { counts } = await context.ask(pages.entity(page), { kind: "read", ...range });
  return counts;
}

function viewOf(
  id: string,
  { state, watermarkMs, lagMs }: Pick<Reply<CountPartialProtocol, "read">, "state" | "watermarkMs" | "lagMs">,
): PartitionView {
  return { id, state, watermarkMs, lagMs };
}
