import { LogGroupScanner } from "../../runtime/sls/log-group-scanner.ts";
import type { SlsConsumerGroup } from "../../runtime/sls/sls-consumer-group.ts";
import type { SlsLogstore } from "../../runtime/sls/sls-logstore.ts";

/** What an official consumer of a group does, as plain calls that the test makes when it wants them. */
export class OfficialConsumer {
  readonly #name: string;
  readonly #group: SlsConsumerGroup;
  readonly #logstore: SlsLogstore;
  readonly #cursors = new Map<number, string>();
  /** The shards that it holds. */
  held: readonly number[] = [];
  /** How many logs of each shard it has read. */
  readonly read = new Map<number, number>();
  #beating: NodeJS.Timeout | undefined = undefined;

  constructor(name: string, group: SlsConsumerGroup, logstore: SlsLogstore) {
    this.#name = name;
    this.#group = group;
    this.#logstore = logstore;
  }

  /** Says heartbeats from now on. */
  live(everyMs: number): void {
    this.#beating = setInterval(() => void this.beat().catch(() => undefined), everyMs);
  }

  /** Says nothing any more, as one that was killed. */
  die(): void {
    clearInterval(this.#beating);
    this.held = [];
  }

  async beat(): Promise<readonly number[]> {
    const held = await this.#group.heartbeat(this.#name, this.held);
    for (const shard of this.#cursors.keys()) if (!held.includes(shard)) this.#cursors.delete(shard);
    this.held = held;
    return held;
  }

  /** Reads a shard from its checkpoint, or from where it was, to its end. */
  async process(shard: number): Promise<void> {
    let cursor = this.#cursors.get(shard) ?? (await this.#checkpoint(shard));
    for (;;) {
      const pull = await this.#logstore.pull(shard, { cursor, count: 100 });
      const { logs } = new LogGroupScanner([]).scan(pull.body, () => undefined);
      this.read.set(shard, (this.read.get(shard) ?? 0) + logs);
      if (pull.next === cursor) break;
      cursor = pull.next;
    }
    this.#cursors.set(shard, cursor);
  }

  /** Tells the group up to where it has read. */
  async commit(shard: number): Promise<void> {
    const cursor = this.#cursors.get(shard);
    if (cursor !== undefined) await this.#group.commit(shard, cursor, { consumer: this.#name });
  }

  async #checkpoint(shard: number): Promise<string> {
    const [found] = await this.#group.checkpoints(shard);
    return found?.cursor ?? (await this.#logstore.cursor(shard, "begin"));
  }
}
