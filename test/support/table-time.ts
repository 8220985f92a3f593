import type { RedisArgument, RedisCommands, RedisConnection } from "../../runtime/redis/redis-connection.ts";
import { defineScript } from "../../runtime/redis/redis-script.ts";
import type { RedisScript } from "../../runtime/redis/redis-script.ts";
import type { Cancel, Clock } from "../../runtime/time/clock.ts";

/** The clock of a store, set by hand: it may also be set back, as when a replica takes over whose clock is behind. */
export class TableTime implements Clock {
  ms = 1_700_000_000_000;

  nowMs(): number {
    return this.ms;
  }

  wallMs(): number {
    return this.ms;
  }

  after(): Cancel {
    throw new Error("nothing waits by the clock of a store");
  }
}

const ASKS_TIME = "redis.call('TIME')";
const IS_TOLD = "{ ARGV[#ARGV - 1], ARGV[#ARGV] }";

/** A real Redis whose scripts see another time than its own. */
export class TimedRedis implements RedisCommands {
  readonly #redis: RedisCommands;
  readonly #time: TableTime;
  readonly isCluster: boolean;

  constructor(redis: RedisConnection, time: TableTime) {
    this.#redis = redis;
    this.#time = time;
    this.isCluster = redis.isCluster;
  }

  command(name: string, ...args: RedisArgument[]): Promise<unknown> {
    return this.#redis.command(name, ...args);
  }

  commandBytes(name: string, ...args: RedisArgument[]): Promise<unknown> {
    return this.#redis.commandBytes(name, ...args);
  }

  script(script: RedisScript, keys: readonly string[], args: readonly RedisArgument[]): Promise<unknown> {
    return this.#redis.script(told(script), keys, this.#withTime(args));
  }

  scriptBytes(
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
  ): Promise<unknown> {
    return this.#redis.scriptBytes(told(script), keys, this.#withTime(args));
  }

  #withTime(args: readonly RedisArgument[]): readonly RedisArgument[] {
    const { ms } = this.#time;
    return [...args, Math.floor(ms / 1_000), (ms % 1_000) * 1_000];
  }
}

function told({ name, lua }: RedisScript): RedisScript {
  return defineScript(name, lua.replace(ASKS_TIME, IS_TOLD));
}
