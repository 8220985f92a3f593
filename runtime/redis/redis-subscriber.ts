import { Fault } from "../fault.ts";
import { Canary } from "../supervision/canary.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";
import { canaryKey } from "./redis-keys.ts";
import type { RedisCommands, RedisConnection } from "./redis-connection.ts";

/** Hears what is said on a channel. */
export type ChannelListener = (message: Buffer) => void;

/** What a subscriber works with. */
export interface SubscriberParts {
  /** For its canary's channel; different for each subscriber. */
  readonly name: string;
  /** That of its cluster: channels are the same in all databases of a server. */
  readonly database: number;
  readonly connection: RedisConnection;
  /** Over which its canaries are sent. */
  readonly sender: RedisCommands;
  readonly clock: Clock;
  readonly log: Logger;
}

const CANARY_EVERY_MS = 1000;
const DEAF_AFTER_MS = 3000;

/**
 * Hears sharded channels. After a reconnect it subscribes again by itself; what was said in between is lost, and `onReady` tells. A connection that
 * only looks alive is found by a canary, which comes back through the very same subscription.
 */
export class RedisSubscriber {
  readonly #parts: SubscriberParts;
  readonly #listeners = new Map<string, Set<ChannelListener>>();
  readonly #onReady = new Set<() => void>();
  readonly #canary: Canary;
  #isHearing = false;

  constructor(parts: SubscriberParts) {
    this.#parts = parts;
    const { connection, sender, clock, log, name, database } = parts;
    const channel = canaryKey(database, name);
    this.#canary = new Canary({
      clock,
      everyMs: CANARY_EVERY_MS,
      silentAfterMs: DEAF_AFTER_MS,
      send: (n) => void sender.command("spublish", channel, n).catch(() => undefined),
      onSilent: (silentMs) => {
        log.warn("redis.deaf", { purpose: "subscriber", silentMs });
        connection.reconnect();
      },
    });
    this.#listeners.set(channel, new Set([(message) => this.#canary.returned(Number(message.toString()))]));
    connection.onMessage((heard, message) => {
      for (const listener of this.#listeners.get(heard) ?? []) listener(message);
    });
    connection.onReady(() => void this.#hearAll());
    connection.onLost(() => this.#stopHearing());
  }

  /** Whether everything that was subscribed to is heard. */
  get isHearing(): boolean {
    return this.#isHearing;
  }

  /** Resolves when it hears. @throws Fault redisUnavailable */
  async opened(): Promise<void> {
    await this.#parts.connection.opened();
    if (!this.#isHearing) await this.#hearAll();
    if (this.#isHearing) return;
    throw new Fault("redisUnavailable", { purpose: "subscriber", why: "its channel was not subscribed" });
  }

  /**
   * Hears a channel from now on, also after reconnects; answers how to stop that. Channels that are subscribed to together on a Redis Cluster
   * need not be in one slot. @throws Fault when Redis does not take the subscription: then nothing is subscribed
   */
  async subscribe(channel: string, listener: ChannelListener): Promise<() => Promise<void>> {
    const listeners = this.#listeners.get(channel) ?? new Set<ChannelListener>();
    this.#listeners.set(channel, listeners.add(listener));
    try {
      // Said for each listener, which is harmless: only an answer tells that the channel is heard.
      await this.#parts.connection.command("ssubscribe", channel);
    } catch (error) {
      this.#forget(channel, listener);
      throw error;
    }
    return () => this.#leave(channel, listener);
  }

  /** Calls each time that it hears again: what was said before that may have been missed. */
  onReady(listener: () => void): () => void {
    this.#onReady.add(listener);
    return () => void this.#onReady.delete(listener);
  }

  onLost(listener: () => void): () => void {
    return this.#parts.connection.onLost(listener);
  }

  async close(): Promise<void> {
    this.#canary.stop();
    await this.#parts.connection.close();
  }

  async #leave(channel: string, listener: ChannelListener): Promise<void> {
    if (!this.#forget(channel, listener)) return;
    // A connection that is lost has forgotten the channel by itself.
    await this.#parts.connection.command("sunsubscribe", channel).catch(() => undefined);
  }

  /** Answers whether it was the last listener of its channel. */
  #forget(channel: string, listener: ChannelListener): boolean {
    const listeners = this.#listeners.get(channel);
    if (listeners?.delete(listener) !== true || listeners.size > 0) return false;
    return this.#listeners.delete(channel);
  }

  async #hearAll(): Promise<void> {
    const { connection } = this.#parts;
    const generation = connection.generation;
    try {
      await Promise.all(
        [...this.#listeners.keys()].map((channel) => connection.command("ssubscribe", channel)),
      );
    } catch {
      if (connection.generation === generation) connection.reconnect();
      return;
    }
    if (connection.generation !== generation || this.#isHearing) return;
    this.#isHearing = true;
    this.#canary.start();
    for (const listener of this.#onReady) listener();
  }

  #stopHearing(): void {
    this.#isHearing = false;
    this.#canary.stop();
  }
}
