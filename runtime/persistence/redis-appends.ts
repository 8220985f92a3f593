import { Fault } from "../fault.ts";
import type { RedisArgument, RedisConnection } from "../redis/redis-connection.ts";
import { replyCode } from "../redis/redis-fault.ts";
import { entityKeys } from "../redis/redis-keys.ts";
import { APPEND_SCRIPT } from "../redis/scripts/append-script.ts";
import type { EntityAddress } from "./entity-address.ts";
import type { Owner } from "./journal.ts";
import type { ReplicaAcknowledgements } from "./replica-acknowledgements.ts";

/** One record on its way. */
export interface RedisAppend {
  readonly entity: EntityAddress;
  readonly owner: Owner;
  readonly version: number;
  /** As it is stored: see `packRecord`. */
  readonly record: Buffer;
  /** Whether a replica must have it, too. */
  readonly isReplicated: boolean;
}

interface Waiting {
  readonly append: RedisAppend;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Records that go in one piece, at most: a script holds up everybody else on the server. */
const BATCH_MAX = 64;
const BATCH_BYTES_MAX = 256 * 1024;

/**
 * Sends what is appended in one turn of the program in one piece, in the order of the calls. On a single server that is a piece for all entities; in a
 * Redis Cluster, where a script stays within one hash slot, one for each.
 */
export class RedisAppends {
  readonly #connection: RedisConnection;
  readonly #acknowledgements: ReplicaAcknowledgements;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;

  constructor(connection: RedisConnection, acknowledgements: ReplicaAcknowledgements) {
    this.#connection = connection;
    this.#acknowledgements = acknowledgements;
  }

  /** Resolves with what the script says of this record, when it is as durable as asked. @throws Fault of Redis */
  append(append: RedisAppend): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) process.nextTick(this.#flush);
      this.#waiting.push({ append, resolve, reject });
      this.#waitingBytes += append.record.length;
      if (this.#waiting.length >= BATCH_MAX || this.#waitingBytes >= BATCH_BYTES_MAX) this.flush();
    });
  }

  /** Sends what waits, before something else is sent. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const batch of this.#connection.isCluster ? byEntity(waiting) : [waiting]) void this.#send(batch);
  }

  readonly #flush = (): void => this.flush();

  async #send(batch: readonly Waiting[]): Promise<void> {
    const { generation } = this.#connection;
    try {
      const answers = await this.#answers(batch);
      for (const [at, one] of batch.entries()) this.#settle(one, answers[at], generation);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async #answers(batch: readonly Waiting[]): Promise<readonly unknown[]> {
    const keys: string[] = [];
    const args: RedisArgument[] = [];
    for (const { append } of batch) {
      const { own, state, log } = entityKeys(append.entity);
      const { owner, version, record } = append;
      keys.push(own, state, log);
      args.push(owner.ownerEpoch, owner.incarnation, version - 1, version, record);
    }
    const answers =
      this.#connection.isCluster && batch.some(({ append }) => append.isReplicated)
        ? await this.#replicatedInCluster(keys, args)
        : await this.#connection.script(APPEND_SCRIPT, keys, args);
    return answers as readonly unknown[];
  }

  /** In a Redis Cluster a question without a key would go to any node: this one goes along with its write. */
  async #replicatedInCluster(keys: readonly string[], args: readonly RedisArgument[]): Promise<unknown> {
    const [answers, replicas] = await this.#connection.batch([
      ["eval", APPEND_SCRIPT.lua, keys.length, ...keys, ...args],
      this.#acknowledgements.question,
    ]);
    if (answers instanceof Fault) throw answers;
    this.#acknowledgements.check(replicas);
    return answers;
  }

  #settle({ append, resolve, reject }: Waiting, answer: unknown, generation: number): void {
    if (Array.isArray(answer) && answer[0] === "failed") {
      const text = String(answer[1]);
      return reject(new Fault("redisRefused", { command: "append", reply: replyCode(text), text }));
    }
    if (answer !== 1 || !append.isReplicated || this.#connection.isCluster) return resolve(answer);
    this.#acknowledgements.acknowledged(generation).then(() => resolve(answer), reject);
  }
}

function byEntity(waiting: readonly Waiting[]): Iterable<readonly Waiting[]> {
  const batches = new Map<string, Waiting[]>();
  for (const one of waiting) {
    const { log } = entityKeys(one.append.entity);
    const batch = batches.get(log);
    if (batch === undefined) batches.set(log, [one]);
    else batch.push(one);
  }
  return batches.values();
}
