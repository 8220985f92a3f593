import type { Mover } from "../../protocols/alert-rule.ts";
import type { AlertRule } from "../../protocols/alert-settings.ts";
import { valuesOf } from "../counting/block-counts.ts";
import type { BlockCounts } from "../counting/block-counts.ts";
import type { MetricShape } from "../counting/metric-shape.ts";
import type { SeriesCounts } from "../counting/series-counts.ts";
import { matcherOf } from "./matches.ts";

/** What was counted before is that of so many blocks: an hour. */
export const BEFORE_BLOCKS = 20;
/** Values of a dimension that are told, and the least that they must have done. */
const TOLD_MAX = 3;
const SHARE_MIN = 0.1;

/** Since which block it is bad, and up to which one it is known, which is not in it. */
export interface BadRange {
  readonly from: number;
  readonly to: number;
}

interface Part {
  before: number;
  now: number;
  /** How far it is from what it would be as before. */
  deviation: number;
}

interface Place {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

interface Sums {
  /** Records, and what is measured, in the hour before and since it is bad. */
  readonly counts: [before: number, now: number];
  readonly amounts: [before: number, now: number];
}

/**
 * Finds out what has changed, from the counts of all partitions: for each dimension the values by their share of the deviation from the hour before (after Adtributor:
 * Bhagwan et al., NSDI 2014).
 */
export class Movers {
  readonly #rule: AlertRule;
  readonly #range: BadRange;
  readonly #all: Sums = { counts: [0, 0], amounts: [0, 0] };
  /** By dimension and value. */
  readonly #parts = new Map<string, Map<string, Sums>>();

  constructor(rule: AlertRule, range: BadRange) {
    this.#rule = rule;
    this.#range = range;
  }

  /** Adds what was counted in a block. */
  add(number: number, block: BlockCounts, shape: MetricShape): void {
    const { from, to } = this.#range;
    const matches = matcherOf(this.#rule.where, shape);
    if (matches === undefined || number < from - BEFORE_BLOCKS || number >= to) return;
    const names = shape.dimensions.map(({ name }) => name);
    for (const [key, series] of block.series) {
      if (matches(key)) this.#add(number < from ? 0 : 1, { names, values: valuesOf(key) }, series);
    }
  }

  #add(at: 0 | 1, { names, values }: Place, series: SeriesCounts): void {
    const count = series.total;
    const isCount = this.#rule.measure === "count" || series.sums === undefined;
    const amount = isCount ? count : series.sums.reduce((total, part) => total + part, 0);
    note(this.#all, at, { count, amount });
    names.forEach((name, index) => note(this.#at(name, values[index] ?? ""), at, { count, amount }));
  }

  /** What has changed, the dimension first whose first value explains most. */
  told(): readonly Mover[] {
    const all = this.#partOf(this.#all);
    if (all.deviation === 0) return [];
    const byDimension = [...this.#parts].map(([dimension, parts]) => {
      const movers = [...parts].map(([value, sums]) => {
        const { before, now, deviation } = this.#partOf(sums);
        return { dimension, value, share: deviation / all.deviation, before, now };
      });
      // A dimension with one value says nothing.
      return movers.length < 2 ? [] : movers.toSorted((a, b) => b.share - a.share);
    });
    const told = byDimension.map((movers) =>
      movers.slice(0, TOLD_MAX).filter(({ share }) => share >= SHARE_MIN),
    );
    return told.toSorted((a, b) => (b[0]?.share ?? 0) - (a[0]?.share ?? 0)).flat();
  }

  #at(dimension: string, value: string): Sums {
    const parts = this.#parts.get(dimension) ?? new Map<string, Sums>();
    this.#parts.set(dimension, parts);
    const sums = parts.get(value) ?? { counts: [0, 0], amounts: [0, 0] };
    parts.set(value, sums);
    return sums;
  }

  /** For a mean, what counts is what was beyond that of before, for each record. */
  #partOf({ counts, amounts }: Sums): Part {
    const blocks = Math.max(1, this.#range.to - this.#range.from);
    const [before, now] = [counts[0] / BEFORE_BLOCKS, counts[1] / blocks];
    const isMean = this.#rule.measure === "mean" || this.#rule.measure === "quantile";
    const [level0, level1] = this.#all.amounts;
    const usual = level0 === 0 ? level1 / this.#all.counts[1] : level0 / this.#all.counts[0];
    const deviation = isMean
      ? amounts[1] - usual * counts[1]
      : amounts[1] / blocks - amounts[0] / BEFORE_BLOCKS;
    return { before, now, deviation };
  }
}

function note(
  { counts, amounts }: Sums,
  at: 0 | 1,
  { count, amount }: { count: number; amount: number },
): void {
  counts[at] += count;
  amounts[at] += amount;
}
