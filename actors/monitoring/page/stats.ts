import type { MessageOf } from "../../../protocols/protocol.ts";
import type { PARTITIONS_ANSWER_FIELDS, STATS_ANSWER_FIELDS } from "../../../protocols/stats.ts";

// Pure: what the operators' port answers about counts, as the page reads it.

/** What was counted of a metric, by columns. */
export type Stats = Omit<MessageOf<"stats", typeof STATS_ANSWER_FIELDS>, "kind">;

/** One combination of values, with a number for each point. */
export type Series = Stats["series"][number];

/** How far one partition is counted, and what became of each record that was read. */
export type Partition = MessageOf<"partitions", typeof PARTITIONS_ANSWER_FIELDS>["partitions"][number];

/** A stretch of time that has one number for each series. */
export interface Point {
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether it may still grow by records that are not late. */
  readonly isOpen: boolean;
}

/** The points of an answer, in their order. */
export function pointsIn({ times, to, provisionalFrom }: Stats): readonly Point[] {
  return times.map((fromMs, index) => ({
    fromMs,
    toMs: times[index + 1] ?? to,
    isOpen: provisionalFrom !== null && fromMs >= provisionalFrom,
  }));
}

/** What the records of some series that are wanted come to in the whole range. */
export function totalOf({ series }: Stats, isWanted: (series: Series) => boolean = () => true): number {
  return series.filter(isWanted).reduce((sum, { total }) => sum + total, 0);
}

/** What was read, and what it has to be: nothing may be read and then forgotten. */
export function identityOf(partition: Partition): {
  readonly read: number;
  readonly sum: number;
  readonly holds: boolean;
} {
  const { read, counted, duplicate, quarantined, tooLate, unparsable } = partition;
  const sum = counted + duplicate + quarantined + tooLate + unparsable;
  return { read, sum, holds: read === sum };
}
