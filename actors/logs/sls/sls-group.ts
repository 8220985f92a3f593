import type { ConsumerGroupEntry, SlsConsumerGroup } from "../../../runtime/sls/sls-consumer-group.ts";
import { groupsBetween } from "../../../runtime/sls/sls-cursor.ts";
import { SlsError } from "../../../runtime/sls/sls-error.ts";
import type { BeatAnswer, CommitAnswer, GroupRules, PartitionGroup } from "../group/partition-group.ts";
import type { HandedOver } from "../source.ts";
import { LazyLine } from "./lazy-line.ts";
import { asPullFailure } from "./sls-failure.ts";

const EXISTS = "ConsumerGroupAlreadyExist";

/** A consumer group over a socket of one's own. */
export interface SlsGroupLine {
  readonly group: SlsConsumerGroup;
  /** All groups of the logstore. */
  readonly list: (signal: AbortSignal) => Promise<readonly ConsumerGroupEntry[]>;
  close(): void;
}

/** What a consumer group of SLS is made of. */
export interface SlsGroupParts {
  readonly name: string;
  readonly consumer: string;
  /** How it is made, if there is none of this name; one that exists keeps its rules. */
  readonly timeoutSeconds: number;
  readonly isOrdered: boolean;
  readonly connect: () => Promise<SlsGroupLine>;
}

/** Where reading of a shard begins, and what others have read before it. */
export interface ShardStart {
  readonly cursor: string | undefined;
  readonly handedOver: HandedOver | undefined;
}

/** A consumer group of SLS, which official consumers may be in too. Heartbeats have a socket of their own: nothing else may hold them up. */
export class SlsGroup implements PartitionGroup {
  readonly name: string;
  readonly consumer: string;
  readonly #parts: SlsGroupParts;
  readonly #beats: LazyLine<SlsGroupLine>;
  readonly #others: LazyLine<SlsGroupLine>;
  /** Whether the group was made here since it was told last: an answer that was lost counts, too. */
  #wasMade = false;
  /** The checkpoints of the shards that are held, as far as they were looked at since then. */
  readonly #checkpoints = new Map<string, string | undefined>();

  constructor(parts: SlsGroupParts) {
    this.name = parts.name;
    this.consumer = parts.consumer;
    this.#parts = parts;
    this.#beats = new LazyLine(parts.connect);
    this.#others = new LazyLine(parts.connect);
  }

  async join(signal: AbortSignal): Promise<GroupRules> {
    try {
      const { list, group } = await this.#others.open();
      const find = async () => (await list(signal)).find(({ name }) => name === this.name);
      const found = await find();
      if (found === undefined) await this.#make(group, signal);
      const { timeoutSeconds } = found ?? (await find()) ?? this.#parts;
      const wasMade = this.#wasMade;
      this.#wasMade = false;
      return { timeoutMs: timeoutSeconds * 1_000, wasMade };
    } catch (error) {
      throw asPullFailure(error);
    }
  }

  async heartbeat(held: readonly string[], signal: AbortSignal): Promise<BeatAnswer> {
    try {
      const { group } = await this.#beats.open();
      const shards = await group.heartbeat(this.consumer, held.map(Number), signal);
      return { kind: "holds", partitions: shards.map(String) };
    } catch (error) {
      const kind = refusalOf(error);
      if (kind === "expelled" || kind === "noGroup") return { kind };
      throw asPullFailure(error);
    }
  }

  async commit(partition: string, cursor: string, signal: AbortSignal): Promise<CommitAnswer> {
    // Before reading has begun, it is not known what others have committed; and nothing is set back.
    if (!this.#checkpoints.has(partition)) return "unread";
    // What is told already is told again: a shard is over only when its end is told after it was split or merged.
    const told = this.#checkpoints.get(partition);
    if (cursor !== told && isBehind(cursor, told)) return "committed";
    try {
      const { group } = await this.#others.open();
      await group.commit(Number(partition), cursor, { consumer: this.consumer }, signal);
      if (this.#checkpoints.has(partition)) this.#checkpoints.set(partition, cursor);
      return "committed";
    } catch (error) {
      const refused = refusalOf(error);
      if (refused !== undefined) return refused;
      throw asPullFailure(error);
    }
  }

  async seed(partition: string, cursor: string, signal: AbortSignal): Promise<void> {
    try {
      const { group } = await this.#others.open();
      const [found] = await group.checkpoints(Number(partition), signal);
      if (found?.cursor !== undefined) return;
      await group.commit(Number(partition), cursor, "byForce", signal);
    } catch (error) {
      // What is not there any more needs no checkpoint.
      if (refusalOf(error) !== "gone") throw asPullFailure(error);
    }
  }

  forget(partition: string): void {
    this.#checkpoints.delete(partition);
  }

  /**
   * Where reading goes on of a shard that this consumer holds and has counted up to `counted`: there, or where others of the group have come to if that is further. What lies between they have
   * read, and not we. Rejects with SlsError.
   */
  async startOf(partition: string, counted: string | undefined, signal: AbortSignal): Promise<ShardStart> {
    const checkpoint = await this.#checkpointOf(partition, signal);
    if (checkpoint === undefined || isBehind(checkpoint, counted)) {
      return { cursor: counted, handedOver: undefined };
    }
    return { cursor: checkpoint, handedOver: handedOverBetween(counted, checkpoint) };
  }

  close(): void {
    this.#beats.close();
    this.#others.close();
    this.#checkpoints.clear();
  }

  async #checkpointOf(partition: string, signal: AbortSignal): Promise<string | undefined> {
    if (!this.#checkpoints.has(partition)) {
      const { group } = await this.#others.open();
      const [found] = await group.checkpoints(Number(partition), signal);
      this.#checkpoints.set(partition, found?.cursor);
    }
    return this.#checkpoints.get(partition);
  }

  async #make(group: SlsConsumerGroup, signal: AbortSignal): Promise<void> {
    this.#wasMade = true;
    try {
      await group.create(this.#parts, signal);
    } catch (error) {
      if (error instanceof SlsError && error.status !== undefined) this.#wasMade = false;
      // Another consumer was faster.
      if (!(error instanceof SlsError) || error.code !== EXISTS) throw error;
    }
  }
}

/** What a group refuses in the course of things; undefined for what has failed. */
function refusalOf(error: unknown): Exclude<CommitAnswer, "committed" | "unread"> | undefined {
  if (!(error instanceof SlsError)) return undefined;
  if (error.remedy === "rejoin") return "expelled";
  if (error.remedy === "recreateGroup") return "noGroup";
  if (error.remedy === "dropShard") return "notHolder";
  return error.remedy === "finishShard" ? "gone" : undefined;
}

/** Whether a cursor is not further than another one of its shard. What cannot be compared is of a shard of the same number in another logstore: then our own place counts. */
function isBehind(cursor: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const groups = groupsBetween(cursor, other);
  return groups === undefined || groups >= 0n;
}

function handedOverBetween(counted: string | undefined, checkpoint: string): HandedOver | undefined {
  if (counted === undefined) return undefined;
  const groups = groupsBetween(counted, checkpoint);
  const text = `${groups ?? "some"} log groups were read by another consumer of the group`;
  return { groups: groups === undefined ? undefined : Number(groups), text };
}
