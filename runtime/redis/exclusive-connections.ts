import { Fault } from "../fault.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import type { RedisCommands, RedisConnection } from "./redis-connection.ts";

/** Who has a connection to itself, and for how long. */
export interface Holder {
  readonly name: string;
  readonly forMs: number;
}

/** What a pool of exclusive connections works with. */
export interface ExclusiveParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Makes another connection. */
  readonly connect: () => RedisConnection;
}

/** Connections that are held at a time, at most. */
const HELD_MAX = 8;
/** Those who wait for one, at most. */
const WAITING_MAX = 64;
/** How long one waits for a connection. */
const WAIT_MAX_MS = 5000;
/** Whoever holds one for longer is named. */
const HELD_LONG_MS = 1000;

interface Waiter {
  readonly start: () => void;
  readonly refuse: (why: string) => void;
}

/**
 * Lends connections that are used by one holder at a time, for what cannot share: `WATCH` and `MULTI`, or a slow command.
 * They cannot be kept: a connection ends for its holder when the holder's task ends, or when it is lost meanwhile.
 */
export class ExclusiveConnections {
  readonly #parts: ExclusiveParts;
  readonly #idle: RedisConnection[] = [];
  readonly #held = new Map<RedisConnection, { readonly name: string; readonly sinceMs: number }>();
  readonly #waiting: Waiter[] = [];
  #lent = 0;
  #isClosed = false;

  constructor(parts: ExclusiveParts) {
    this.#parts = parts;
  }

  /** Who holds a connection now, the longest first. */
  holders(): readonly Holder[] {
    const nowMs = this.#parts.clock.nowMs();
    return [...this.#held.values()]
      .map(({ name, sinceMs }) => ({ name, forMs: nowMs - sinceMs }))
      .toSorted((a, b) => b.forMs - a.forMs);
  }

  /** Runs `task` with a connection that nobody else uses. `name` says who holds it. @throws Fault redisUnavailable when all are held for too long */
  async use<T>(name: string, task: (connection: RedisCommands) => Promise<T>): Promise<T> {
    await this.#place(name);
    try {
      return await this.#lend(name, task);
    } finally {
      this.#lent--;
      this.#waiting.shift()?.start();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiter of this.#waiting.splice(0)) waiter.refuse("closed");
    await Promise.all(
      [...this.#idle.splice(0), ...this.#held.keys()].map((connection) => connection.close()),
    );
  }

  async #place(name: string): Promise<void> {
    if (this.#isClosed) throw this.#refused(name, "closed");
    if (this.#lent >= HELD_MAX) await this.#wait(name);
    else this.#lent++;
  }

  async #wait(name: string): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) throw this.#refused(name, `${WAITING_MAX} wait already`);
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#parts.clock.after(WAIT_MAX_MS, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        waiter.refuse(`all ${HELD_MAX} are held`);
      });
      const waiter: Waiter = {
        refuse: (why) => {
          cancel();
          reject(this.#refused(name, why));
        },
        start: () => {
          cancel();
          this.#lent++;
          resolve();
        },
      };
      this.#waiting.push(waiter);
    });
  }

  async #lend<T>(name: string, task: (connection: RedisCommands) => Promise<T>): Promise<T> {
    const connection = await this.#ready();
    this.#held.set(connection, { name, sinceMs: this.#parts.clock.nowMs() });
    const stopWatch = this.#watch(name);
    const loan = new Loan(connection);
    try {
      const result = await task(loan);
      loan.end();
      await this.#takeBack(connection);
      return result;
    } catch (error) {
      // In which state the task has left it, nobody knows.
      void connection.close();
      throw error;
    } finally {
      loan.end();
      stopWatch();
      this.#held.delete(connection);
    }
  }

  async #ready(): Promise<RedisConnection> {
    const connection = this.#idle.pop() ?? this.#parts.connect();
    try {
      await connection.opened();
      return connection;
    } catch (error) {
      void connection.close();
      throw error;
    }
  }

  /** Only one that is not inside of a transaction is lent again. */
  async #takeBack(connection: RedisConnection): Promise<void> {
    const isClean =
      connection.isReady && (await connection.command("unwatch").catch(() => "failed")) === "OK";
    if (isClean && !this.#isClosed) this.#idle.push(connection);
    else void connection.close();
  }

  #watch(name: string): Cancel {
    return this.#parts.clock.after(HELD_LONG_MS, () => {
      this.#parts.log.warn("redis.held", { holder: name, forMs: HELD_LONG_MS });
    });
  }

  #refused(name: string, why: string): Fault {
    return new Fault("redisUnavailable", { purpose: "exclusive", holder: name, why });
  }
}

/** A connection as its holder sees it: of no use once it is given back, nor once it was made anew, because `WATCH` and `MULTI` are forgotten then. */
class Loan implements RedisCommands {
  #connection: RedisConnection | undefined;
  readonly #generation: number;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.#generation = connection.generation;
  }

  end(): void {
    this.#connection = undefined;
  }

  command: RedisCommands["command"] = async (...args) => this.#lent().command(...args);
  commandBytes: RedisCommands["commandBytes"] = async (...args) => this.#lent().commandBytes(...args);
  script: RedisCommands["script"] = async (...args) => this.#lent().script(...args);
  scriptBytes: RedisCommands["scriptBytes"] = async (...args) => this.#lent().scriptBytes(...args);

  #lent(): RedisCommands {
    if (this.#connection === undefined) throw new Error("the connection was given back when the task ended");
    if (this.#connection.generation === this.#generation) return this.#connection;
    throw new Fault("redisUnavailable", { purpose: "exclusive", why: "it was lost while it was held" });
  }
}
