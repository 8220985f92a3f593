import { BLOCK_MS } from "../counting/cells.ts";
import { MEMORY_BLOCKS } from "./block-memory.ts";
import type { BlockMemory } from "./block-memory.ts";
import type { Season } from "./season.ts";

/** As long as less is known, nothing is known of seasons. */
const FIRST_WEEK_BLOCKS = (7 * 86_400_000) / BLOCK_MS;
/** Fewer blocks say nothing of a season. */
const SEASON_BLOCKS_MIN = 10;
/** In the first week the latest blocks that are known are looked at: at most so many, and at least so many. */
const RECENT_BLOCKS = 60;
const RECENT_BLOCKS_MIN = 20;
/** How much the latest of them weighs. */
const RECENT_WEIGHT = 0.1;
/** Makes of the median distance from the middle what a standard deviation would be. */
const MAD_FACTOR = 1.4826;
/** No band is narrower: 5 percent, and a quarter as long as no season is known. */
const WIDTH_MIN = 0.05;
const RECENT_WIDTH_MIN = 0.25;
const RECENT_FACTOR = 2;

/** What a count is expected to be: middle and standard deviation of the logarithm of one more than it. */
export interface Band {
  readonly middle: number;
  readonly width: number;
}

/** What is expected of a block: as in the same block of like days, or as lately as long as less than a week is known; undefined when too little is. Pure. */
export function bandOf(memory: BlockMemory, block: number, season: Season): Band | undefined {
  const { firstBlock } = memory;
  if (firstBlock === undefined) return undefined;
  return block - firstBlock < FIRST_WEEK_BLOCKS
    ? recentBand(memory, block)
    : (seasonBand(memory, block, season) ?? recentBand(memory, block));
}

/** How far a count is from what was expected, in standard deviations. Pure. */
export function distanceOf({ middle, width }: Band, count: number): number {
  return (Math.log1p(Math.max(0, count)) - middle) / width;
}

/** The counts that are so many standard deviations away, below and above. Pure. */
export function edgesOf(
  { middle, width }: Band,
  deviations: number,
): { readonly low: number; readonly high: number } {
  return {
    low: Math.max(0, Math.expm1(middle - deviations * width)),
    high: Math.expm1(middle + deviations * width),
  };
}

/** The count in the middle. Pure. */
export function expectedOf({ middle }: Band): number {
  return Math.expm1(middle);
}

function seasonBand(memory: BlockMemory, block: number, season: Season): Band | undefined {
  const known = season.blocksLike(block).flatMap((like) => memory.at(like) ?? []);
  if (known.length < SEASON_BLOCKS_MIN) return undefined;
  const middle = medianOf(known);
  const spread = MAD_FACTOR * medianOf(known.map((log) => Math.abs(log - middle)));
  return { middle, width: Math.max(spread, chanceOf(middle), WIDTH_MIN) };
}

/** An average that forgets, and a wide margin: what comes with the time of day is not known yet. */
function recentBand(memory: BlockMemory, block: number): Band | undefined {
  const known = recentOf(memory, block);
  const [first] = known;
  if (first === undefined || known.length < RECENT_BLOCKS_MIN) return undefined;
  let middle = first;
  let variance = 0;
  for (const log of known) {
    const off = log - middle;
    middle += RECENT_WEIGHT * off;
    variance = (1 - RECENT_WEIGHT) * (variance + RECENT_WEIGHT * off * off);
  }
  const width = Math.max(Math.sqrt(variance), chanceOf(middle), RECENT_WIDTH_MIN);
  return { middle, width: RECENT_FACTOR * width };
}

/** The latest that are known, the oldest first. Nothing is learnt while an alert fires: were only the last hours looked at, it could not be told when that is over. */
function recentOf(memory: BlockMemory, block: number): readonly number[] {
  const known: number[] = [];
  const oldest = Math.max(memory.firstBlock ?? block, block - MEMORY_BLOCKS);
  for (let at = block - 1; at >= oldest && known.length < RECENT_BLOCKS; at--) {
    const log = memory.at(at);
    if (log !== undefined) known.push(log);
  }
  return known.reverse();
}

/** What chance alone does to a count of so many: the square root of it, as a share. */
function chanceOf(middle: number): number {
  const count = Math.max(1, Math.expm1(middle));
  return Math.sqrt(count) / (1 + count);
}

function medianOf(numbers: readonly number[]): number {
  const sorted = Float64Array.from(numbers).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}
