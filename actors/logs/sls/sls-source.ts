import type { ServerClock } from "../../../runtime/sls/server-clock.ts";
import { parentsOf } from "../../../runtime/sls/sls-shard.ts";
import type { SlsShard } from "../../../runtime/sls/sls-shard.ts";
import { SlsError } from "../../../runtime/sls/sls-error.ts";
import { PullFailure } from "../source.ts";
import type { Partition, PositionOf, Reader, Source } from "../source.ts";
import { LazyLine } from "./lazy-line.ts";
import { RowScanner } from "./row-scanner.ts";
import { asPullFailure } from "./sls-failure.ts";
import { GROUPS_MAX, SlsReader } from "./sls-reader.ts";
import type { SlsGroup } from "./sls-group.ts";
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
  /** Where it is shared with other consumers. */
  readonly shared?: SharedSls | undefined;
}

/** How a logstore is shared with other consumers. */
export interface SharedSls {
  readonly group: SlsGroup;
  /** Takes the name of this consumer for this process; false while another one has it. */
  readonly claim: () => boolean;
  readonly release: () => void;
}

/** A logstore of SLS as a source of logs: each shard is a partition, which one node of the cluster reads. */
export class SlsSource implements Source {
  readonly name: string;
  /** What a group shares out is read where it says. */
  readonly place: "here" | "anywhere";
  readonly group: SlsGroup | undefined;
  readonly unitsMax = GROUPS_MAX;
  readonly readWithinMs: number;
  readonly #parts: SlsSourceParts;
  readonly #line: LazyLine<SlsLine>;
  /** A batch is scanned without a pause, so all readers share the room of one. */
  #scanner: RowScanner | undefined = undefined;
  #shards: readonly SlsShard[] = [];
  /** Those that are readonly and were read to their ends. */
  readonly #over = new Set<number>();

  constructor(parts: SlsSourceParts) {
    this.name = parts.name;
    this.readWithinMs = parts.readWithinMs;
    this.place = parts.shared === undefined ? "anywhere" : "here";
    this.group = parts.shared?.group;
    this.#parts = parts;
    this.#line = new LazyLine(() => parts.connect(() => undefined));
  }

  claim(): boolean {
    return this.#parts.shared?.claim() ?? true;
  }

  async partitions(signal: AbortSignal): Promise<readonly Partition[]> {
    await this.#list(signal);
    return this.#shards.filter(({ id }) => !this.#over.has(id)).map(({ id }) => ({ id: String(id) }));
  }

  /** A child begins when its parents were counted to their ends. Others may always begin. */
  async isReady(partition: string, positionOf: PositionOf, signal: AbortSignal): Promise<boolean> {
    // A group holds back what has to wait, and others may have read what it waits for.
    if (!this.#parts.inOrder || this.group !== undefined) return true;
    if (this.#shards.length === 0) await this.#list(signal);
    for (const { id } of this.#parentsOf(partition)) {
      if (!(await this.#isRead(id, await positionOf(String(id)), signal))) return false;
    }
    return true;
  }

  open(partition: string): Reader {
    const shard = Number(partition);
    const { connect, clock, from } = this.#parts;
    const { group } = this;
    return new SlsReader({
      startOf: group && ((counted, signal) => group.startOf(partition, counted, signal)),
      shard,
      connect,
      clock,
      scannerOf: (fields) => this.#scannerOf(fields),
      // What a split or merge has made goes on where others have ended.
      from: () => (this.#parentsOf(partition).length > 0 ? "begin" : from),
      isReadonly: () => this.#shards.some(({ id, isReadonly }) => id === shard && isReadonly),
      onOver: () => void this.#over.add(shard),
    });
  }

  close(): void {
    this.#line.close();
    this.group?.close();
    this.#parts.shared?.release();
  }

  async #list(signal: AbortSignal): Promise<void> {
    try {
      const { logstore } = await this.#line.open();
      this.#shards = await logstore.listShards(signal);
    } catch (error) {
      throw asPullFailure(isUnknown(error) ? await this.#withNames(error, signal) : error);
    }
  }

  /** A name that is not known is most often one that was mistyped. */
  async #withNames(error: SlsError, signal: AbortSignal): Promise<unknown> {
    try {
      const names = await (await this.#line.open()).logstores(signal);
      const known = names.length === 0 ? "no logstores" : names.join(", ");
      return new PullFailure(error.code, "wait", `${error.message}; the project has ${known}`);
    } catch {
      // The key need not be allowed to ask that.
      return error;
    }
  }

  async #isRead(shard: number, cursor: string | undefined, signal: AbortSignal): Promise<boolean> {
    try {
      const { logstore } = await this.#line.open();
      return cursor === (await logstore.cursor(shard, "end", signal));
    } catch (error) {
      throw asPullFailure(error);
    }
  }

  #scannerOf(fields: readonly string[]): RowScanner {
    if (this.#scanner?.fields !== fields) this.#scanner = new RowScanner(fields);
    return this.#scanner;
  }

  #parentsOf(partition: string): readonly SlsShard[] {
    const shard = this.#shards.find(({ id }) => String(id) === partition);
    return shard === undefined ? [] : parentsOf(shard, this.#shards);
  }
}

function isUnknown(error: unknown): error is SlsError {
  return error instanceof SlsError && error.code === "LogStoreNotExist";
}
