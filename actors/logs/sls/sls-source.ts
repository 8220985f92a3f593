import type { ServerClock } from "../../../runtime/sls/server-clock.ts";
import { parentsOf } from "../../../runtime/sls/sls-shard.ts";
import type { SlsShard } from "../../../runtime/sls/sls-shard.ts";
import type { Partition, PositionOf, Reader, Source } from "../source.ts";
import { asPullFailure } from "./sls-failure.ts";
import { GROUPS_MAX, SlsReader } from "./sls-reader.ts";
import type { SlsLine } from "./sls-reader.ts";

/** What a logstore as a source is made of. */
export interface SlsSourceParts {
  readonly name: string;
  /** Opens a line of its own; it says each sign of life. */
  readonly connect: (onProgress: () => void) => Promise<SlsLine>;
  readonly clock: ServerClock;
  readonly from: "begin" | "end";
  /** Whether shards that a split or merge has made wait for those before them. */
  readonly inOrder: boolean;
  /** How long a whole read may take, in milliseconds. */
  readonly readWithinMs: number;
}

/** A logstore of SLS as a source of logs: each shard is a partition, which one node of the cluster reads. */
export class SlsSource implements Source {
  readonly name: string;
  readonly place = "anywhere";
  readonly unitsMax = GROUPS_MAX;
  readonly readWithinMs: number;
  readonly #parts: SlsSourceParts;
  #line: SlsLine | undefined = undefined;
  #shards: readonly SlsShard[] = [];
  /** Those that are readonly and were read to their ends. */
  readonly #over = new Set<number>();

  constructor(parts: SlsSourceParts) {
    this.name = parts.name;
    this.readWithinMs = parts.readWithinMs;
    this.#parts = parts;
  }

  async partitions(signal: AbortSignal): Promise<readonly Partition[]> {
    await this.#list(signal);
    return this.#shards.filter(({ id }) => !this.#over.has(id)).map(({ id }) => ({ id: String(id) }));
  }

  /** A child begins when its parents were counted to their ends. Others may always begin. */
  async isReady(partition: string, positionOf: PositionOf, signal: AbortSignal): Promise<boolean> {
    if (!this.#parts.inOrder) return true;
    if (this.#shards.length === 0) await this.#list(signal);
    for (const { id } of this.#parentsOf(partition)) {
      if (!(await this.#isRead(id, await positionOf(String(id)), signal))) return false;
    }
    return true;
  }

  open(partition: string): Reader {
    const shard = Number(partition);
    const { connect, clock, from } = this.#parts;
    return new SlsReader({
      shard,
      connect,
      clock,
      // What a split or merge has made goes on where others have ended.
      from: () => (this.#parentsOf(partition).length > 0 ? "begin" : from),
      isReadonly: () => this.#shards.some(({ id, isReadonly }) => id === shard && isReadonly),
      onOver: () => void this.#over.add(shard),
    });
  }

  close(): void {
    this.#line?.close();
    this.#line = undefined;
  }

  async #list(signal: AbortSignal): Promise<void> {
    try {
      const { logstore } = await this.#lineOf();
      this.#shards = await logstore.listShards(signal);
    } catch (error) {
      throw asPullFailure(error);
    }
  }

  async #isRead(shard: number, cursor: string | undefined, signal: AbortSignal): Promise<boolean> {
    try {
      const { logstore } = await this.#lineOf();
      return cursor === (await logstore.cursor(shard, "end", signal));
    } catch (error) {
      throw asPullFailure(error);
    }
  }

  #parentsOf(partition: string): readonly SlsShard[] {
    const shard = this.#shards.find(({ id }) => String(id) === partition);
    return shard === undefined ? [] : parentsOf(shard, this.#shards);
  }

  async #lineOf(): Promise<SlsLine> {
    this.#line ??= await this.#parts.connect(() => undefined);
    return this.#line;
  }
}
