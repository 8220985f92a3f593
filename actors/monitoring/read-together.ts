import type { CountPlace, CountPortion } from "../../protocols/count-page.ts";
import type { CountPartialProtocol } from "../../protocols/partial.ts";
import type { Reply } from "../../protocols/protocol.ts";
import { BLOCK_MS } from "../../runtime/counting/cells.ts";
import { Counts } from "../../runtime/counting/counts.ts";
import { roundOf } from "../../runtime/counting/pages.ts";
import { cut, isBefore } from "../../runtime/counting/stretch.ts";
import type { Stretch } from "../../runtime/counting/stretch.ts";
import { Fault } from "../../runtime/fault.ts";

/** Counts move to pages once an hour: more than one move while they are read is no coincidence. */
const TRIES_MAX = 3;
/** Partitions that are asked at once: so much is on its way before it is taken in. */
export const AT_A_TIME = 8;
/** What one message brings at most, in bytes: nodes send each other no more than 4 MiB at once. */
const PORTION_BYTES_MAX = 1_048_576;
/** What all partitions that are read together bring at once, in bytes, as far as it can be divided. */
const TOGETHER_BYTES_MAX = 8_388_608;

/** What a partition has answered. */
export type PartialSaid = Reply<CountPartialProtocol, "read">;

/** What a page of a chain has answered. */
export interface PageSaid {
  readonly counts: Uint8Array;
  /** The number of the latest counts that were added, of each partition. */
  readonly seqs: Readonly<Record<string, number>>;
  /** Where the rest begins. */
  readonly next?: CountPlace;
  /** The chain goes on. */
  readonly isFull?: boolean;
}

/** Partitions, and the chain of pages on which older counts of them are. */
export interface Reading {
  readonly ids: readonly string[];
  /** The chain as partitions call it. */
  readonly page: string;
  readonly askPartial: (id: string, portion: CountPortion) => Promise<PartialSaid>;
  /** Undefined where nothing can be on it yet. */
  readonly askPage: (
    link: number,
    portion: CountPortion,
    said: readonly PartialSaid[],
  ) => Promise<PageSaid> | undefined;
}

/** Takes in counts; nothing more is read until it has. */
export type Pour = (counts: Counts) => Promise<void> | void;

/**
 * Reads a stretch of time part by part, none larger than a message: what partitions have, what is on their pages, and what is on its way from one to the other. Everything is there
 * once: a partition says first what has left it, and where a page has more than that, both are asked again. Answers what each partition has said first. @throws Fault when counts move too fast
 */
export async function readTogether(
  reading: Reading,
  { from, to }: Stretch,
  pour: Pour,
): Promise<readonly PartialSaid[]> {
  const first: PartialSaid[] = [];
  let at = from;
  let tries = 0;
  do {
    const partials = await askPartials(reading, { from: at, to });
    if (first.length === 0) first.push(...partials.said);
    const pages = await askChain(reading, { from: at, to: partials.end }, partials.said);
    const isAhead = partials.said.some(({ rounds }, index) => roundOf(pages.seqs[index] ?? 0) > rounds);
    if (isAhead && ++tries >= TRIES_MAX) throw tooFast(reading.page);
    if (isAhead) continue;
    tries = 0;
    const own = partials.said.flatMap((said, index) => partsOf(said, reading.page, pages.seqs[index] ?? 0));
    for (const bytes of [...own, ...pages.parts]) {
      const counts = cut(Counts.decode(bytes), { from: at, to: pages.end });
      if (!counts.isEmpty) await pour(counts);
    }
    at = pages.end;
  } while (isBefore(at, to));
  return first;
}

/** What all partitions have of the beginning of a stretch: each up to the same place. */
async function askPartials(
  { ids, askPartial }: Reading,
  stretch: Stretch,
): Promise<{ readonly said: readonly PartialSaid[]; readonly end: CountPlace }> {
  const bytesMax = Math.min(PORTION_BYTES_MAX, Math.ceil(TOGETHER_BYTES_MAX / ids.length));
  const portion = { ...portionOf(stretch), bytesMax };
  const said: PartialSaid[] = [];
  for (let at = 0; at < ids.length; at += AT_A_TIME) {
    const group = ids.slice(at, at + AT_A_TIME);
    said.push(...(await Promise.all(group.map((id) => askPartial(id, portion)))));
  }
  return { said, end: said.reduce(earlier, stretch.to) };
}

interface ChainSaid {
  readonly parts: readonly Uint8Array[];
  /** For each partition the number of the latest of its counts that are on any of the pages. */
  readonly seqs: readonly number[];
  readonly end: CountPlace;
}

/** What the pages of a chain have of the beginning of a stretch. One that is full changes no more, so what is on none of them when the last was asked has not arrived. Each is asked only up to where those before it came: nothing else could be used. */
async function askChain(
  { ids, askPage }: Reading,
  stretch: Stretch,
  said: readonly PartialSaid[],
): Promise<ChainSaid> {
  const pages: PageSaid[] = [];
  let end = stretch.to;
  for (let isOver = false; !isOver;) {
    const portion = { ...portionOf({ from: stretch.from, to: end }), bytesMax: PORTION_BYTES_MAX };
    const page = await askPage(pages.length, portion, said);
    isOver = page?.isFull !== true;
    if (page === undefined) continue;
    pages.push(page);
    end = earlier(end, page);
  }
  return {
    parts: pages.map(({ counts }) => counts),
    seqs: ids.map((id) => pages.reduce((seq, { seqs }) => Math.max(seq, seqs[id] ?? 0), 0)),
    end,
  };
}

function portionOf({ from, to }: Stretch): CountPortion {
  const behind = to.key === "" ? to.block : to.block + 1;
  return { fromMs: from.block * BLOCK_MS, toMs: behind * BLOCK_MS, after: from };
}

function earlier(end: CountPlace, { next }: { readonly next?: CountPlace }): CountPlace {
  return next !== undefined && isBefore(next, end) ? next : end;
}

/** What a partition has itself, and what its page does not have yet. */
function partsOf({ counts, leaving }: PartialSaid, page: string, seq: number): readonly Uint8Array[] {
  const missing = leaving.filter((part) => part.page === page && part.seq > seq);
  return [counts, ...missing.map((part) => part.counts)];
}

function tooFast(page: string): Fault {
  return new Fault("notStored", { page, why: "counts move to it faster than they can be read" });
}
