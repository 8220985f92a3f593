import { Fault } from "../fault.ts";
import type { RedisCommand, RedisConnection } from "../redis/redis-connection.ts";

/** How long a replica may take to acknowledge. */
const ACKNOWLEDGED_WITHIN_MS = 2000;

interface Waiting {
  /** The connection on which it was written: `WAIT` speaks only of its own. */
  readonly generation: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Waits until a replica has what was written. One `WAIT` answers for all writes that were answered before it on the same connection; those that come
 * meanwhile share the next one.
 */
export class ReplicaAcknowledgements {
  readonly #connection: RedisConnection;
  #waiting: Waiting[] = [];
  #isAsking = false;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /** What to ask behind a write on the same connection. */
  readonly question: RedisCommand = ["wait", 1, ACKNOWLEDGED_WITHIN_MS];

  /** Looks at the answer to the question, or at what has become of it: the write was answered, only its replication may be unknown. @throws Fault redisUnanswered when no replica has acknowledged */
  check(replicas: unknown): void {
    if (replicas instanceof Error) throw unacknowledged(replicas.message);
    if (Number(replicas) < 1) throw unacknowledged(`none in ${ACKNOWLEDGED_WITHIN_MS} ms`);
  }

  /** Resolves when a replica has everything that was answered on this connection. @throws Fault redisUnanswered when none says so in time */
  acknowledged(generation: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ generation, resolve, reject });
      if (!this.#isAsking) void this.#ask();
    });
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      const generation = this.#connection.generation;
      const failure = await this.#failure();
      for (const { resolve, reject, generation: written } of group) {
        if (failure !== undefined) reject(failure);
        else if (written !== generation) reject(unacknowledged("the connection was lost"));
        else resolve();
      }
    }
    this.#isAsking = false;
  }

  async #failure(): Promise<unknown> {
    try {
      this.check(await this.#connection.command(...this.question).catch((error: unknown) => error));
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

function unacknowledged(why: string): Fault {
  return new Fault("redisUnanswered", { command: "wait", why: `no replica has acknowledged: ${why}` });
}
