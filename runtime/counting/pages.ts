import { BLOCK_MS, blockOf } from "./cells.ts";
import { BLOCKS_PER_QUARTER } from "./counts.ts";
import type { BlockRange, Counts } from "./counts.ts";
import { LocalDays } from "./local-day.ts";

const DAY_MS = 86_400_000;
/** Pages are written for so many blocks at a time: an hour. */
const ROUND_BLOCKS = 20;
/** How long counts stay with their partition behind its watermark, two hours: little comes later than that. */
const HOT_BLOCKS = 40;
/** Counts that take more than this leave earlier, as soon as their quarter of an hour is over: with what comes meanwhile they have to fit into one snapshot. In bytes. */
const HOT_BYTES_MAX = 6_291_456;
/** More than the parts of one round. */
const SEQ_FACTOR = 100_000;
/** Of a date such as 2026-11-22, those of its month. */
const MONTH_LETTERS = 7;
/** What goes onto a page at once is at most this large, if it can be divided, in bytes. */
export const PART_BYTES_MAX = 524_288;

/** The two ways in which old counts of a partition are kept: as they were, or in quarters of an hour. */
export const TIERS = {
  block: { keptMs: 35 * DAY_MS, pageBlocks: DAY_MS / BLOCK_MS },
  quarter: { keptMs: 396 * DAY_MS, pageBlocks: (32 * DAY_MS) / BLOCK_MS },
} as const;
type Tier = keyof typeof TIERS;

/** How long the stretches are in which counts stand: as they are, in quarters of an hour, or in the days of a time zone. */
export type Grain = "block" | "quarter" | { readonly zone: string };

/** Counts as they stand on pages. What is asked for together with a page stands as it does there, or what moves meanwhile could be missed. Pure. */
export function inGrains(counts: Counts, grain: Grain): Counts {
  if (grain === "block" || counts.isEmpty) return counts;
  if (grain === "quarter") return counts.grouped(wholeQuarters);
  const days = new LocalDays(grain.zone);
  return counts.grouped((block) => blockOf(days.dayStartOf(block * BLOCK_MS)));
}

/** The blocks of which counts are made up that stand in a stretch: what stands at its last block may go on behind it; days end where questions about them do. Pure. */
export function blocksIn({ from, to }: BlockRange, grain: Grain): BlockRange {
  return grain === "quarter" ? { from, to: wholeQuarters(to + BLOCKS_PER_QUARTER - 1) } : { from, to };
}

/** A part of a page that is to be written. */
export interface PagePart {
  /** The page's id, behind that of the partition. */
  readonly page: string;
  /** By which the page knows whether it has this part: it grows from part to part, and from round to round. */
  readonly seq: number;
  readonly counts: Uint8Array;
  /** How long it is kept; days are, for ever. */
  readonly untilMs: number | undefined;
}

/** The id of a page, behind that of its partition. Pure. */
function pageName(metric: string, tier: Tier, block: number): string {
  return `${metric}/${tier}/${Math.floor(block / TIERS[tier].pageBlocks)}`;
}

/** Where the counts of a partition stand. */
interface ArchiveStanding {
  readonly counts: Pick<Counts, "range" | "packedBytes">;
  readonly watermarkMs: number | undefined;
  /** What belongs to blocks before this one is on pages, but for what came late. */
  readonly archivedBefore: number;
  /** Nothing more will come: all of it may go. */
  readonly isGone: boolean;
}

/** Up to which block counts are to go onto pages now, an hour of them at most; undefined as long as it is not worth it. Pure. */
export function archivableBefore(standing: ArchiveStanding): number | undefined {
  const { counts, watermarkMs, archivedBefore, isGone } = standing;
  const range = counts.range();
  if (range === undefined) return undefined;
  const first = Math.max(archivedBefore, wholeQuarters(range.from));
  // What has come late for hours that are on pages waits for the next hour.
  const end = Math.max(first, wholeQuarters(range.to + BLOCKS_PER_QUARTER - 1));
  if (isGone) return Math.min(first + ROUND_BLOCKS, end);
  const reached = blockOf(watermarkMs ?? 0);
  const cold = wholeQuarters(reached - HOT_BLOCKS);
  if (first + ROUND_BLOCKS <= cold) return first + ROUND_BLOCKS;
  // What was frequent in a block has slots in the next: the latest quarter of an hour stays.
  const over = Math.min(first + ROUND_BLOCKS, wholeQuarters(reached - BLOCKS_PER_QUARTER));
  return first < over && counts.packedBytes > HOT_BYTES_MAX ? over : undefined;
}

function wholeQuarters(block: number): number {
  return block - (block % BLOCKS_PER_QUARTER);
}

/** The round to which the number of a part belongs. Pure. */
export function roundOf(seq: number): number {
  return Math.floor(seq / SEQ_FACTOR);
}

/** How counts that leave are divided: it is decided once for each round, and stored, so that its parts keep their numbers. */
export interface Division {
  readonly round: number;
  /** How large a part may be if it can be divided, in bytes. */
  readonly partBytes: number;
  /** The time zones whose days are kept for ever. */
  readonly zones: readonly string[];
}

/** What is to be written so that counts are on pages, in its order: always the same for the same counts and division. Pure. */
export function pageParts(counts: Counts, { round, partBytes, zones }: Division): PagePart[] {
  const whole = counts.metrics().flatMap((metric) => {
    const own = counts.of(metric);
    // Days are whole quarters of an hour in every zone, and there are fewer of those.
    const quarters = inGrains(own, "quarter");
    return [
      ...tierParts(own.lowered(), "block", metric),
      ...tierParts(quarters.lowered(), "quarter", metric),
      ...zones.flatMap((zone) => dayParts(quarters, zone, metric)),
    ];
  });
  const parts = whole.flatMap(({ counts: undivided, ...part }) =>
    undivided.divided(partBytes).map((bytes) => ({ ...part, counts: bytes })),
  );
  return parts.map((part, index) => ({ ...part, seq: round * SEQ_FACTOR + index + 1 }));
}

/** A part before it is divided. */
interface WholePart extends Omit<PagePart, "seq" | "counts"> {
  readonly counts: Counts;
}

function tierParts(counts: Counts, tier: Tier, metric: string): WholePart[] {
  const { keptMs, pageBlocks } = TIERS[tier];
  const pageOf = (block: number): number => Math.floor(block / pageBlocks);
  return counts
    .splitBy((block) => String(pageOf(block)))
    .map(([page, part]) => ({
      page: pageName(metric, tier, Number(page) * pageBlocks),
      counts: part,
      untilMs: (Number(page) + 1) * pageBlocks * BLOCK_MS + keptMs,
    }));
}

/** Days begin with a block in every zone, so each stands where its first block would. */
function dayParts(counts: Counts, zone: string, metric: string): WholePart[] {
  const days = new LocalDays(zone);
  return inGrains(counts, { zone })
    .splitBy((block) => daysPage(metric, days, block * BLOCK_MS))
    .map(([page, part]) => ({ page, counts: part, untilMs: undefined }));
}

/** Where the days of the month are in which a time is. It is the same for all partitions, because it outlives them. Pure. */
export function daysPage(metric: string, days: LocalDays, timeMs: number): string {
  return `${metric}/days/${days.zone}/${days.dateOf(timeMs).slice(0, MONTH_LETTERS)}`;
}

/** A page to be read, and what of it. */
export interface PageRange extends BlockRange {
  readonly page: string;
  readonly grain: Grain;
}

/** From when on blocks are answered as they were counted; what was before is in quarters of an hour. Pure. */
export function blocksFromMs(nowMs: number): number {
  const dayMs = TIERS.block.pageBlocks * BLOCK_MS;
  return Math.ceil(Math.max(0, nowMs - TIERS.block.keptMs) / dayMs) * dayMs;
}

/** From when on anything is kept: pages of quarters go as a whole. Pure. */
export function keptFromMs(nowMs: number): number {
  const pageMs = TIERS.quarter.pageBlocks * BLOCK_MS;
  return Math.floor(Math.max(0, nowMs - TIERS.quarter.keptMs) / pageMs) * pageMs;
}

/** Up to when anything can be counted: clocks are ahead of each other by minutes at most. Pure. */
export function countedToMs(nowMs: number): number {
  return nowMs + DAY_MS;
}

/** The pages that hold a stretch of time: blocks where those are still kept, quarters of an hour before that. Pure. */
export function pagesOf(metric: string, { from, to }: BlockRange, nowMs: number): PageRange[] {
  const fineFrom = blockOf(blocksFromMs(nowMs));
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
    ranges.push({ page: pageName(metric, tier, at), grain: tier, from: at, to: end });
    at = end;
  }
  return ranges;
}
