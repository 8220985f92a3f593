import { BLOCK_MS, blockOf } from "./cells.ts";
import { BLOCKS_PER_QUARTER } from "./counts.ts";
import type { BlockRange, Counts } from "./counts.ts";

const DAY_MS = 86_400_000;
/** Pages are written for so many blocks at a time: an hour. */
const ROUND_BLOCKS = 20;
/** How long counts stay with their partition behind its watermark, in milliseconds: little comes later than that. */
const HOT_MS = 7_200_000;
/** More than the parts of one round. */
const SEQ_FACTOR = 100_000;
/** What goes onto a page at once is at most this large, if it can be divided, in bytes. */
const PART_BYTES_MAX = 524_288;

/** The two ways in which old counts are kept: as they were, or in quarters of an hour. */
export const TIERS = {
  block: { keptMs: 35 * DAY_MS, pageBlocks: DAY_MS / BLOCK_MS },
  quarter: { keptMs: 396 * DAY_MS, pageBlocks: (32 * DAY_MS) / BLOCK_MS },
} as const;
type Tier = keyof typeof TIERS;

/** A part of a page that is to be written. */
export interface PagePart {
  /** The page's id, behind that of the partition. */
  readonly page: string;
  /** By which the page knows whether it has this part: it grows from part to part, and from round to round. */
  readonly seq: number;
  readonly counts: Uint8Array;
  /** How long it is kept. */
  readonly untilMs: number;
}

/** The id of a page, behind that of its partition. Pure. */
function pageName(metric: string, tier: Tier, block: number): string {
  return `${metric}/${tier}/${Math.floor(block / TIERS[tier].pageBlocks)}`;
}

/** Up to which block counts are to go onto pages now; undefined as long as it is not worth it. Pure. */
export function archivableBefore(
  counts: Counts,
  watermarkMs: number | undefined,
  archivedBefore: number,
): number | undefined {
  const cold = blockOf(Math.max(0, (watermarkMs ?? 0) - HOT_MS));
  const before = cold - (cold % BLOCKS_PER_QUARTER);
  return before - archivedBefore >= ROUND_BLOCKS && counts.hasBefore(before) ? before : undefined;
}

/** The round to which the number of a part belongs. Pure. */
export function roundOf(seq: number): number {
  return Math.floor(seq / SEQ_FACTOR);
}

/** What is to be written so that counts are on pages, in its order: always the same for the same counts. Pure. */
export function pageParts(counts: Counts, round: number): PagePart[] {
  const parts = counts.metrics().flatMap((metric) => {
    const numbers = counts.blocks().flatMap(([name, blocks]) => (name === metric ? blocks : []));
    const range = { from: Math.min(...numbers), to: Math.max(...numbers) + 1 };
    return [
      ...partsOf(range, "block", metric, (part) => counts.encode(part, metric)),
      ...partsOf(range, "quarter", metric, (part) => counts.quarters(part, metric).encode()),
    ];
  });
  return parts.map((part, index) => ({ ...part, seq: round * SEQ_FACTOR + index + 1 }));
}

function partsOf(
  { from, to }: BlockRange,
  tier: Tier,
  metric: string,
  encode: (range: BlockRange) => Uint8Array,
): Omit<PagePart, "seq">[] {
  const { keptMs, pageBlocks } = TIERS[tier];
  const parts: Omit<PagePart, "seq">[] = [];
  for (let first = from - (from % pageBlocks); first < to; first += pageBlocks) {
    const end = first + pageBlocks;
    // Quarters stay whole.
    const range = { from: Math.max(first, from - (from % BLOCKS_PER_QUARTER)), to: Math.min(end, to) };
    for (const bytes of divided(range, encode)) {
      parts.push({ page: pageName(metric, tier, first), counts: bytes, untilMs: end * BLOCK_MS + keptMs });
    }
  }
  return parts;
}

/** Halves what is too large, down to a quarter of an hour. */
function divided(range: BlockRange, encode: (range: BlockRange) => Uint8Array): Uint8Array[] {
  const bytes = encode(range);
  if (bytes.length === 0) return [];
  const quarters = Math.ceil((range.to - range.from) / BLOCKS_PER_QUARTER);
  if (bytes.length <= PART_BYTES_MAX || quarters <= 1) return [bytes];
  const middle = range.from + Math.floor(quarters / 2) * BLOCKS_PER_QUARTER;
  return [
    ...divided({ from: range.from, to: middle }, encode),
    ...divided({ from: middle, to: range.to }, encode),
  ];
}

/** A page to be read, and what of it. */
export interface PageRange extends BlockRange {
  readonly page: string;
}

/** The pages that hold a stretch of time: blocks where those are still kept, quarters of an hour before that. Pure. */
export function pagesOf(metric: string, { from, to }: BlockRange, nowMs: number): PageRange[] {
  const days = TIERS.block.pageBlocks;
  const fineFrom = Math.ceil(blockOf(Math.max(0, nowMs - TIERS.block.keptMs)) / days) * days;
  return [
    ...rangesOf(metric, "quarter", { from, to: Math.min(to, fineFrom) }),
    ...rangesOf(metric, "block", { from: Math.max(from, fineFrom), to }),
  ];
}

function rangesOf(metric: string, tier: Tier, { from, to }: BlockRange): PageRange[] {
  const { pageBlocks } = TIERS[tier];
  const ranges: PageRange[] = [];
  for (let at = from; at < to;) {
    const end = Math.min(to, (Math.floor(at / pageBlocks) + 1) * pageBlocks);
    ranges.push({ page: pageName(metric, tier, at), from: at, to: end });
    at = end;
  }
  return ranges;
}
