import type { RedisCommands } from "../redis/redis-connection.ts";
import { topicKey } from "../redis/redis-keys.ts";
import type { RedisLink } from "../redis/redis-link.ts";
import type { RedisSubscriber } from "../redis/redis-subscriber.ts";
import type { Clock } from "../time/clock.ts";
import type { Topics } from "./inboxes.ts";

/** A topic that this node hears, and whether Redis knows that. */
interface Heard {
  readonly listeners: Set<(bytes: Uint8Array) => void>;
  leave: (() => Promise<void>) | undefined;
  isChanging: boolean;
}

/** Publications under way, and their bytes; what is more is lost, as it may be. */
const UNDER_WAY_MAX = 10_000;
const UNDER_WAY_BYTES_MAX = 8 * 1024 * 1024;
/** A topic is one channel. */
const PARTITION = 0;
/** A subscription that Redis has not taken is tried again so much later. */
const RETRY_MS = 250;

/** The topics as sharded channels of Redis. */
export class RedisTopics implements Topics {
  readonly #sender: RedisCommands;
  readonly #subscriber: RedisSubscriber;
  readonly #clock: Clock;
  readonly #database: number;
  readonly #topics = new Map<string, Heard>();
  #underWay = 0;
  #underWayBytes = 0;
  #isClosed = false;

  private constructor({ commands, database }: RedisLink, subscriber: RedisSubscriber, clock: Clock) {
    this.#sender = commands;
    this.#database = database;
    this.#subscriber = subscriber;
    this.#clock = clock;
  }

  /** @throws Fault redisUnavailable */
  static async connect(link: RedisLink, clock: Clock): Promise<RedisTopics> {
    return new RedisTopics(link, await link.subscriber("topics"), clock);
  }

  async publish(topic: string, bytes: Uint8Array): Promise<boolean> {
    const { length } = bytes;
    if (this.#underWay >= UNDER_WAY_MAX || this.#underWayBytes + length > UNDER_WAY_BYTES_MAX) return false;
    this.#underWay++;
    this.#underWayBytes += length;
    try {
      await this.#sender.command("spublish", this.#keyOf(topic), bytes);
      return true;
    } catch {
      // At most once: nobody tries it again.
      return false;
    } finally {
      this.#underWay--;
      this.#underWayBytes -= length;
    }
  }

  subscribe(topic: string, listener: (bytes: Uint8Array) => void): () => void {
    const heard = this.#topics.get(topic) ?? { listeners: new Set(), leave: undefined, isChanging: false };
    this.#topics.set(topic, heard);
    // A listener of its own for each call: the same function may listen twice.
    const own = (bytes: Uint8Array): void => listener(bytes);
    heard.listeners.add(own);
    void this.#settle(topic, heard);
    return () => {
      if (heard.listeners.delete(own)) void this.#settle(topic, heard);
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#topics.clear();
    await this.#subscriber.close();
  }

  #keyOf(topic: string): string {
    return topicKey(this.#database, topic, PARTITION);
  }

  /** Brings Redis to where the listeners want it, one change after the other. */
  async #settle(topic: string, heard: Heard): Promise<void> {
    if (heard.isChanging) return;
    heard.isChanging = true;
    while (!this.#isClosed && heard.listeners.size > 0 !== (heard.leave !== undefined)) {
      await this.#change(topic, heard);
    }
    heard.isChanging = false;
    if (heard.listeners.size === 0 && this.#topics.get(topic) === heard) this.#topics.delete(topic);
  }

  async #change(topic: string, heard: Heard): Promise<void> {
    const { leave } = heard;
    if (leave !== undefined) {
      heard.leave = undefined;
      return leave();
    }
    try {
      heard.leave = await this.#subscriber.subscribe(this.#keyOf(topic), (bytes) => {
        for (const listener of heard.listeners) listener(bytes);
      });
    } catch {
      await new Promise<void>((resolve) => void this.#clock.after(RETRY_MS, resolve));
    }
  }
}
