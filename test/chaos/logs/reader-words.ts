import type { CountPartialProtocol } from "../../../protocols/partial.ts";
import type { Reply } from "../../../protocols/protocol.ts";

/**
 * Bugs that a reader can be told to have, one for each check: the counts of a batch are lost while its cursor is stored; the counts of a batch are stored twice; a
 * batch is acknowledged and not stored; more was read than is accounted for.
 */
export type ReaderBug = "halfBatch" | "twice" | "forgetful" | "miscounts";

/** What became of the records of a partition, as its counts tell. */
export type PartitionAccount = Omit<Reply<CountPartialProtocol, "account">, "kind"> & {
  readonly partition: string;
};

/** The counts of a partition, by metric, as bytes that `Counts` reads. */
export interface PartitionCounts {
  readonly partition: string;
  readonly counts: Readonly<Record<string, Uint8Array>>;
}

/** The node that a process is to be. */
export interface ReaderOrder {
  /** Its settings are in a file there, and its data directory. */
  readonly folder: string;
  readonly name: string;
  readonly bug?: ReaderBug | undefined;
}

/** What a process is told to do. What has an `id` is answered. */
export type ReaderCommand =
  | { readonly kind: "begin"; readonly id: number; readonly order: ReaderOrder }
  /** The accounts of all partitions; those with larger numbers are asked first, so that what they show was so before the others answered. */
  | { readonly kind: "look"; readonly id: number }
  | { readonly kind: "count"; readonly id: number }
  /** Has these partitions read by another puller besides. */
  | { readonly kind: "double"; readonly partitions: readonly string[] }
  /** Stops the node in order; the process waits for another one to be. */
  | { readonly kind: "end"; readonly id: number };

/** What a process answers. */
export type ReaderWord =
  | { readonly kind: "loaded" }
  | { readonly kind: "done"; readonly id: number }
  | { readonly kind: "failed"; readonly id: number; readonly text: string }
  | { readonly kind: "looked"; readonly id: number; readonly accounts: readonly PartitionAccount[] }
  | { readonly kind: "counted"; readonly id: number; readonly partitions: readonly PartitionCounts[] };
