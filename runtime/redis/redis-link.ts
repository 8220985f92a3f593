import { Fault } from "../fault.ts";
import { Canary } from "../supervision/canary.ts";
import type { Logger } from "../telemetry/logger.ts";
import { ActiveClock } from "../time/active-clock.ts";
import type { Clock } from "../time/clock.ts";
import { ExclusiveConnections } from "./exclusive-connections.ts";
import type { Holder } from "./exclusive-connections.ts";
import { RedisConnection } from "./redis-connection.ts";
import type { RedisCommands } from "./redis-connection.ts";
import type { RedisPurpose, RedisTls } from "./redis-profile.ts";
import { RedisSubscriber } from "./redis-subscriber.ts";
import { parseRedisUrl } from "./redis-url.ts";
import type { RedisTarget } from "./redis-url.ts";

/** What a link to Redis is made of. */
export interface RedisLinkParts {
  /** See `parseRedisUrl`. */
  readonly url: string;
  readonly tls?: RedisTls;
  /** Who connects: the connections are `banyan:<name>:<purpose>` in CLIENT LIST. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const CANARY_EVERY_MS = 1000;
const DEAF_AFTER_MS = 3000;

/** All connections of a node to its Redis, each for a purpose of its own. */
export class RedisLink {
  readonly #target: RedisTarget;
  /** For leases, claims and views: small commands, which never wait behind data. */
  readonly control: RedisConnection;
  /** For data, many commands at a time. */
  readonly commands: RedisConnection;
  readonly #parts: RedisLinkParts;
  readonly #clock: ActiveClock;
  readonly #exclusive: ExclusiveConnections;
  readonly #canaries: Canary[] = [];
  /** What was made on demand. */
  readonly #others = new Set<{ close(): Promise<void> }>();
  #isClosed = false;

  private constructor(parts: RedisLinkParts, target: RedisTarget) {
    this.#parts = parts;
    this.#clock = new ActiveClock(parts.clock);
    this.#target = target;
    this.control = this.#watched("control");
    this.commands = this.#watched("commands");
    this.#exclusive = new ExclusiveConnections({
      clock: parts.clock,
      log: parts.log,
      connect: () => this.#connection("exclusive"),
    });
  }

  /** Connects. @throws Fault redisUnfit for a URL that means nothing, redisUnavailable with the reason in words */
  static async open(parts: RedisLinkParts): Promise<RedisLink> {
    const url = parseRedisUrl(parts.url);
    if (url.kind === "refused") throw new Fault("redisUnfit", { problem: `Redis URL: ${url.problem}` });
    const link = new RedisLink(parts, url.target);
    try {
      await Promise.all([link.control.opened(), link.commands.opened()]);
      return link;
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  /** The number of the database in which everything is. */
  get database(): number {
    return this.#target.database;
  }

  /** A connection for reads that block, 5,000 ms at most; `name` says whose. */
  async blockingReader(name: string): Promise<RedisConnection> {
    return this.#opened(this.#connection("reader", name));
  }

  /** A connection for writes that replicas acknowledge: `WAIT` holds up whatever comes behind it. */
  async replicatedWriter(name: string): Promise<RedisConnection> {
    return this.#opened(this.#connection("replicated", name));
  }

  /** A connection that hears channels; `name` says whose. */
  async subscriber(name: string): Promise<RedisSubscriber> {
    const subscriber = new RedisSubscriber({
      name: `${this.#parts.name}/${name}`,
      database: this.database,
      connection: this.#connection("subscriber", name),
      sender: this.control,
      clock: this.#clock,
      log: this.#parts.log,
    });
    return this.#opened(subscriber);
  }

  /** Runs `task` with a connection that nobody else uses meanwhile; `name` is told when it takes longer than a second. */
  use<T>(name: string, task: (connection: RedisCommands) => Promise<T>): Promise<T> {
    return this.#exclusive.use(name, task);
  }

  /** Who holds an exclusive connection now, the longest first. */
  holders(): readonly Holder[] {
    return this.#exclusive.holders();
  }

  /** Ends all connections. What waits for an answer ends as `redisUnanswered`: those who write close before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const canary of this.#canaries) canary.stop();
    const all = [this.control, this.commands, this.#exclusive, ...this.#others];
    await Promise.all(all.map((one) => one.close()));
  }

  async #opened<T extends { opened(): Promise<void>; close(): Promise<void> }>(made: T): Promise<T> {
    if (this.#isClosed) {
      await made.close();
      throw new Fault("redisUnavailable", { why: "the link is closed" });
    }
    this.#others.add(made);
    try {
      await made.opened();
      return made;
    } catch (error) {
      this.#others.delete(made);
      await made.close();
      throw error;
    }
  }

  #connection(purpose: RedisPurpose, detail?: string): RedisConnection {
    const { tls, name, log } = this.#parts;
    const wish = {
      target: this.#target,
      purpose,
      name: detail === undefined ? name : `${name}/${detail}`,
      ...(tls === undefined ? {} : { tls }),
    };
    return new RedisConnection(wish, log);
  }

  /** A connection whose other side may have gone without a word is found by a ping that does not come back. */
  #watched(purpose: RedisPurpose): RedisConnection {
    const connection = this.#connection(purpose);
    const canary: Canary = new Canary({
      clock: this.#clock,
      everyMs: CANARY_EVERY_MS,
      silentAfterMs: DEAF_AFTER_MS,
      send: (n) =>
        void connection.command("ping").then(
          () => canary.returned(n),
          () => undefined,
        ),
      onSilent: (silentMs) => {
        this.#parts.log.warn("redis.deaf", { purpose, silentMs });
        connection.reconnect();
      },
    });
    this.#canaries.push(canary);
    connection.onReady(() => canary.start());
    connection.onLost(() => canary.stop());
    return connection;
  }
}
