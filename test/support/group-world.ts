import { ConsumerGroup } from "../../deploy/dev/sls/consumer-group.ts";
import type { GroupShard } from "../../deploy/dev/sls/consumer-group.ts";
import { ApiError } from "../../deploy/dev/sls/api-error.ts";
import { Consumer } from "../../actors/logs/group/consumer.ts";
import type {
  BeatAnswer,
  CommitAnswer,
  GroupRules,
  PartitionGroup,
} from "../../actors/logs/group/partition-group.ts";
import { PullFailure } from "../../actors/logs/source.ts";
import { PullWorld } from "./pull-world.ts";

const TIMEOUT_SECONDS = 20;

type GroupCall = "join" | "heartbeat" | "commit" | "seed";

/** What the group does with a call, instead of what it should. */
export type GroupTrouble = (call: GroupCall, partition?: string) => "fails" | "hangs" | undefined;

/** A consumer group in memory: the automaton of the service, reached as a source reaches it. */
export class MemoryGroup implements PartitionGroup {
  readonly name = "counters";
  readonly consumer = "ours";
  /** Undefined: nobody has made it, or somebody has removed it. */
  automaton: ConsumerGroup | undefined = new ConsumerGroup({ timeout: TIMEOUT_SECONDS, order: false });
  /** Whether it takes every checkpoint for one that is not yet the end. */
  takesNoEnd = false;
  trouble: GroupTrouble = () => undefined;
  /** All that was said to it and carried out, in order. */
  readonly said: string[] = [];
  readonly #nowMs: () => number;
  readonly #shards: () => readonly GroupShard[];

  constructor(nowMs: () => number, shards: () => readonly GroupShard[]) {
    this.#nowMs = nowMs;
    this.#shards = shards;
  }

  async join(): Promise<GroupRules> {
    await this.#orTrouble("join");
    const wasMade = this.automaton === undefined;
    this.automaton ??= new ConsumerGroup({ timeout: TIMEOUT_SECONDS, order: false });
    if (wasMade) this.said.push("made");
    return { timeoutMs: this.automaton.rules.timeout * 1_000, wasMade };
  }

  async heartbeat(held: readonly string[]): Promise<BeatAnswer> {
    await this.#orTrouble("heartbeat");
    if (this.automaton === undefined) return { kind: "noGroup" };
    this.said.push(`holds ${held.join(" ")}`.trim());
    try {
      return { kind: "holds", partitions: this.beat(this.consumer, held) };
    } catch (error) {
      if (error instanceof ApiError && error.code === "NotExistConsumerWithBody") return { kind: "expelled" };
      throw error;
    }
  }

  /** A consumer that is somebody else's program says a heartbeat. */
  beat(consumer: string, held: readonly string[]): string[] {
    const shards = this.#shards();
    return (this.automaton?.heartbeat(consumer, held.map(Number), shards, this.#nowMs()) ?? []).map(String);
  }

  async commit(partition: string, cursor: string): Promise<CommitAnswer> {
    await this.#orTrouble("commit");
    if (this.automaton === undefined) return "noGroup";
    if (Number(cursor) < Number(this.checkpoint(partition) ?? 0)) return "committed";
    const commit = { shard: Number(partition), cursor, consumer: this.consumer, isForced: false };
    try {
      const shards = this.#shards().map((shard) =>
        this.takesNoEnd ? { ...shard, isReadonly: false } : shard,
      );
      this.automaton.commit(commit, shards, this.#nowMs());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error.code === "ConsumerNotMatch" ? "notHolder" : "expelled";
    }
    this.said.push(`${partition} is counted up to ${cursor}`);
    return "committed";
  }

  async seed(partition: string, cursor: string): Promise<void> {
    await this.#orTrouble("seed", partition);
    if (this.checkpoint(partition) !== undefined) return;
    const commit = { shard: Number(partition), cursor, consumer: undefined, isForced: true };
    this.automaton?.commit(commit, this.#shards(), this.#nowMs());
    this.said.push(`${partition} was counted up to ${cursor}`);
  }

  forget(): void {}

  checkpoint(partition: string): string | undefined {
    return this.automaton?.checkpoint(Number(partition))?.cursor;
  }

  async #orTrouble(call: GroupCall, partition?: string): Promise<void> {
    const trouble = this.trouble(call, partition);
    if (trouble === "fails") throw new PullFailure("ServerBusy", "retry", `no ${call} now`);
    if (trouble === "hangs") await new Promise(() => undefined);
  }
}

/** A consumer with its pullers, the group that it is in, and who counts: in virtual time. */
export class GroupWorld extends PullWorld {
  readonly group: MemoryGroup;

  constructor(...partitions: string[]) {
    super(...partitions);
    const { clock } = this.virtual.system;
    this.group = new MemoryGroup(
      () => clock.nowMs(),
      () =>
        [...this.source.records].map(([id, records]) => ({
          id: Number(id),
          parents: [],
          isReadonly: this.source.over.has(id),
          endCursor: String(records.length),
        })),
    );
  }

  join(): void {
    const { source, host, group } = this;
    this.virtual.system.spawn(Consumer, "consumer", { source, host, group });
  }

  /** Which partitions have a puller at this moment. */
  get read(): string[] {
    const { children = [] } = this.virtual.node("/consumer");
    return children.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)).toSorted();
  }
}
