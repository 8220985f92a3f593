/** How a group shares out what it has. */
export interface GroupRules {
  /** A consumer that says nothing for so long loses what it holds, in milliseconds. */
  readonly timeoutMs: number;
  /** There was none of this name, and it was made just now. */
  readonly wasMade: boolean;
}

/** What a group says to a heartbeat: which partitions this consumer shall hold; or that its lease is over; or that there is no such group any more. */
export type BeatAnswer =
  | { readonly kind: "holds"; readonly partitions: readonly string[] }
  | { readonly kind: "expelled" }
  | { readonly kind: "noGroup" };

/** What a group says to a checkpoint. `unread`: nothing has been read yet, so it is not said; `notHolder`: the partition is somebody else's; `gone`: it is not there any more. */
export type CommitAnswer = "committed" | "unread" | "notHolder" | "gone" | "expelled" | "noGroup";

/** Shares the partitions of a source out among consumers, of whom some may be other programs. What it cannot say rejects with PullFailure. */
export interface PartitionGroup {
  readonly name: string;
  /** By which name this node is known in it. */
  readonly consumer: string;
  /** Learns its rules; makes it if there is none, and says so once, also if nobody heard of it at first. */
  join(signal: AbortSignal): Promise<GroupRules>;
  /** Says what this consumer holds, and hears what it shall hold. */
  heartbeat(held: readonly string[], signal: AbortSignal): Promise<BeatAnswer>;
  /** Says up to where a partition is counted, as long as this consumer holds it. */
  commit(partition: string, cursor: string, signal: AbortSignal): Promise<CommitAnswer>;
  /** Says the same, whoever holds it, of a partition of which the group knows nothing yet. */
  seed(partition: string, cursor: string, signal: AbortSignal): Promise<void>;
  /** This consumer does not hold a partition any more: others may move its checkpoint. */
  forget(partition: string): void;
}
