import { valuesOf } from "../../../runtime/counting/block-counts.ts";
import type { BlockCounts } from "../../../runtime/counting/block-counts.ts";
import { CELLS_PER_BLOCK } from "../../../runtime/counting/cells.ts";
import { Counts } from "../../../runtime/counting/counts.ts";
import { metricSet } from "../../../runtime/counting/metric-set.ts";
import { readTally, Tally } from "../../../runtime/counting/tally.ts";
import { rowsOf } from "../../support/counted-logs.ts";
import type { PlainCounts, PutUnit } from "./plain-counter.ts";
import type { PartitionCounts } from "./reader-words.ts";

const ALL = 1_000;

/** The blocks of a partition as bytes, by metric and number. */
export type BlockBytes = ReadonlyMap<string, Buffer>;

/** What the product has counted, under the names of the plain counter. Pure. */
export function committedCounts({ counts }: PartitionCounts): PlainCounts {
  const flat: PlainCounts = new Map();
  for (const [metric, bytes] of Object.entries(counts)) {
    Counts.decode(bytes).forEachBlock(metric, (number, block) =>
      flatten(flat, `${metric} `, { number, block }),
    );
  }
  return flat;
}

/** What the product has stored, block by block. How often a block was revised depends on when its records came, and is left out; so is the precision that only days keep. Pure. */
export function committedBlocks({ counts }: PartitionCounts): BlockBytes {
  const all = new Counts();
  for (const bytes of Object.values(counts)) all.merge(bytes);
  return blockBytes(all);
}

/** What it stores when nothing goes wrong: everything in one batch. Pure. */
export function cleanBlocks(units: readonly PutUnit[]): BlockBytes {
  const set = metricSet([], "app");
  const tally = new Tally(set);
  const logs = units.flat().filter(({ fate }) => fate === "counted");
  tally.begin(Math.max(0, ...logs.map(({ timeMs }) => timeMs)));
  for (const row of rowsOf(
    set.fields,
    logs.map(({ timeMs, fields }) => ({ ...fields, timeMs })),
  )) {
    tally.add(row);
  }
  const all = new Counts();
  all.merge(readTally(tally.encode()).counts);
  return blockBytes(all);
}

function blockBytes(counts: Counts): BlockBytes {
  const blocks = new Map<string, Buffer>();
  for (const metric of counts.metrics()) {
    counts.forEachBlock(metric, (number, block) => {
      block.revisions = 0;
      for (const { unique } of block.series.values()) unique?.lower();
      blocks.set(`${metric} ${number}`, Buffer.from(block.encode()));
    });
  }
  return blocks;
}

interface Numbered {
  readonly number: number;
  readonly block: BlockCounts;
}

function flatten(flat: PlainCounts, metric: string, { number, block }: Numbered): void {
  for (const [key, series] of block.series) {
    const values = valuesOf(key).join(" ");
    series.counts.forEach((count, index) => {
      if (count === 0) return;
      const name = `${metric}${number * CELLS_PER_BLOCK + index} ${values}`;
      flat.set(name, count);
      if (series.sums !== undefined) flat.set(`${name} sum`, series.sums[index] ?? 0);
    });
    for (const { value, count } of series.top?.top(ALL) ?? []) {
      flat.set(`${metric}${number} top ${value}`, count);
    }
  }
}
