import { Fault } from "../fault.ts";
import type { LoadAnswer, StoredAhead } from "../persistence/redis-records.ts";
import { replyCode } from "../redis/redis-fault.ts";
import type { RedisArgument, RedisCommands, RedisConnection } from "../redis/redis-connection.ts";
import { entityKeys } from "../redis/redis-keys.ts";
import { CLAIM_SCRIPT } from "../redis/scripts/claim-script.ts";
import type { Claim, Claimed } from "./ownership.ts";

/** What sends claims. */
export type ClaimsConnection = RedisCommands & Pick<RedisConnection, "isCluster">;

/** Claims that go in one piece, at most: a script holds up everybody else on the server. */
const BATCH_MAX = 64;
/** Claims that are under way, at most: leases are renewed over the same connection, and an answer that does not come in a second ends it. */
const UNDER_WAY_MAX = 1_024;
/** What comes along with a batch, at most; what is larger is asked for, over a connection on which it holds up no lease. */
const AHEAD_BYTES_MAX = 65_536;
/** With more batches under way than these nothing comes along with the next ones: all together brings 1 MiB over the connection of the leases. */
const AHEAD_BATCHES_MAX = 16;
/** The list of those that wait is shortened when at least so many at its front are gone, and half of it. */
const DROP_AT = 1_024;
const AHEAD_RECORDS_MAX = 64;

interface Waiting {
  readonly claim: Claim;
  readonly resolve: (claimed: Claimed) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends the claims of one turn of the program in one piece, in the order of the calls: on a single server one for many entities, in a Redis Cluster, where a script
 * stays within one hash slot, one for each. So the many that wait for a node that has died are claimed in as few steps of the store, each made durable at once.
 */
export class RedisClaims {
  readonly #redis: ClaimsConnection;
  readonly #ahead: StoredAhead | undefined;
  #waiting: Waiting[] = [];
  /** Where the first one is that was not sent. */
  #head = 0;
  #underWay = 0;
  #batches = 0;
  #isDue = false;

  /** `ahead` takes what comes along; without it nothing does. */
  constructor(redis: ClaimsConnection, ahead: StoredAhead | undefined) {
    this.#redis = redis;
    this.#ahead = ahead;
  }

  /** @throws Fault of Redis; then nobody knows whether it was carried out */
  claim(claim: Claim): Promise<Claimed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ claim, resolve, reject });
      if (this.#isDue) return;
      this.#isDue = true;
      process.nextTick(this.#flush);
    });
  }

  readonly #flush = (): void => {
    this.#isDue = false;
    const max = this.#redis.isCluster ? 1 : BATCH_MAX;
    while (this.#head < this.#waiting.length && this.#underWay < UNDER_WAY_MAX) {
      const batch = alike(this.#waiting.slice(this.#head, this.#head + max));
      this.#head += batch.length;
      void this.#send(batch);
    }
    this.#shorten();
  };

  #shorten(): void {
    const isWorthIt = this.#head >= DROP_AT && this.#head * 2 >= this.#waiting.length;
    if (!isWorthIt && this.#head < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    this.#underWay += batch.length;
    this.#batches++;
    try {
      const answers = await this.#answers(batch);
      for (const [at, one] of batch.entries()) this.#settle(one, answers[at]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#underWay -= batch.length;
    this.#batches--;
    if (this.#head < this.#waiting.length) this.#flush();
  }

  async #answers(batch: readonly Waiting[]): Promise<readonly unknown[]> {
    const keys: string[] = [];
    const [first] = batch;
    if (first === undefined) return [];
    const { incarnation, node, gone = [] } = first.claim;
    const takesAhead = this.#ahead !== undefined && this.#batches <= AHEAD_BATCHES_MAX;
    const bytesMax = takesAhead ? AHEAD_BYTES_MAX : 0;
    const args: RedisArgument[] = [incarnation, node, bytesMax, AHEAD_RECORDS_MAX, gone.length, ...gone];
    for (const { claim } of batch) {
      const { entity, after } = claim;
      const { own, state, log } = entityKeys(entity);
      keys.push(own, state, log);
      args.push(after?.ownerEpoch ?? "", after?.incarnation ?? "");
      this.#ahead?.drop(entity);
    }
    return (await this.#redis.scriptBytes(CLAIM_SCRIPT, keys, args)) as readonly unknown[];
  }

  #settle({ claim, resolve, reject }: Waiting, answer: unknown): void {
    const [first, ...more] = answer as Answer;
    if (typeof first !== "number") return settleRefused(first.toString(), more, { resolve, reject });
    const { entity, incarnation, node } = claim;
    const owner = { ownerEpoch: first, incarnation, node };
    const [ahead] = more;
    if (ahead !== null) this.#ahead?.put(entity, { owner, answer: ahead as LoadAnswer });
    resolve({ kind: "claimed", owner });
  }
}

/** The epoch and what comes along; or a word, and what it says. */
type Answer = readonly [epoch: number, ahead: unknown] | readonly [kind: Buffer, ...said: unknown[]];

function settleRefused(
  kind: string,
  said: readonly unknown[],
  { resolve, reject }: Omit<Waiting, "claim">,
): void {
  const [first, incarnation, node] = said.map(String);
  if (kind === "owned") {
    const by = { ownerEpoch: Number(first), incarnation: incarnation ?? "", node: node ?? "" };
    return resolve({ kind: "owned", by });
  }
  const text = first ?? "";
  reject(new Fault("redisRefused", { command: "claim", reply: replyCode(text), text }));
}

/** Those of the beginning that one node makes who knows the same nodes to be dead: a script is told once for all of its claims. */
function alike(waiting: readonly Waiting[]): readonly Waiting[] {
  const { gone, incarnation } = waiting[0]?.claim ?? {};
  const end = waiting.findIndex(({ claim }) => claim.gone !== gone || claim.incarnation !== incarnation);
  return end < 0 ? waiting : waiting.slice(0, end);
}
