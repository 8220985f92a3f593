import type { PlainCounter } from "./plain-counter.ts";
import type { PartitionAccount } from "./reader-words.ts";

/** A log that is written while it is read, and knows what was put into it. */
export interface ChaosLog {
  /** The source in the settings of its readers. */
  readonly source: object;
  /** Puts one unit more. */
  put(): void;
  /** What was put into a partition; undefined for one that it does not have. */
  counterOf(partition: string): PlainCounter | undefined;
  /** Partitions in which something has been put. */
  readonly filled: readonly string[];
  /** How many units of a partition were gone before they were read. */
  lostOf(account: PartitionAccount): number;
  /** The partitions that are not read to their ends. */
  unread(accounts: readonly PartitionAccount[]): readonly string[];
  /** Which partitions had begun to be read by what was said before, though those that come before them are not at their ends by what is said now. */
  tooEarly(
    before: ReadonlyMap<string, PartitionAccount>,
    accounts: readonly PartitionAccount[],
  ): readonly string[];
  close(): void;
}
