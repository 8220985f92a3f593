import { entityKey, parseEntityKey } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { RedisCommands } from "../redis/redis-connection.ts";
import { reminderBucketOf, reminderKeys } from "../redis/redis-keys.ts";
import { OWN_BUCKET_SCRIPT } from "../redis/scripts/own-bucket-script.ts";
import { TAKE_WAKES_SCRIPT } from "../redis/scripts/take-wakes-script.ts";
import { WAKE_AT_SCRIPT } from "../redis/scripts/wake-at-script.ts";
import { WAKE_BY_SCRIPT } from "../redis/scripts/wake-by-script.ts";
import { RETRY_AFTER_MS } from "./reminder-store.ts";
import type {
  ReminderStore,
  Stamp,
  TakenWakes,
  Wake,
  WakeOrder,
  WakePage,
  WakeWish,
} from "./reminder-store.ts";

/** A bucket from which this process may take. */
interface OwnBucket {
  readonly number: number;
  readonly epoch: string;
  readonly incarnation: string;
  /** When its first wake-up is due, as far as this process knows. */
  nextMs: number;
  /** When it was last looked at; others write into it, too. */
  lookedMs: number;
}

/** How often a bucket is looked at in which nothing seems to be due, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** Left behind by another owner, and made due again in one step. */
const LEFT_AT_A_TIME = 500;

/**
 * Wake-ups in Redis: 256 sorted sets, so that no key is hot. Everybody writes into all of them; only the owner of a bucket takes from it, which the script
 * checks by epoch and incarnation.
 */
export class RedisReminderStore implements ReminderStore {
  /** The keys of an entity and of its bucket are in different hash slots. */
  readonly isBesideJournal = false;
  readonly isShared = true;
  readonly #redis: RedisCommands;
  readonly #buckets = new Map<number, OwnBucket>();

  constructor(redis: RedisCommands) {
    this.#redis = redis;
  }

  /** The buckets from which this process takes. */
  get buckets(): ReadonlySet<number> {
    return new Set(this.#buckets.keys());
  }

  /**
   * Takes from a bucket from now on, also what its owner before has left behind. Whoever had it takes nothing more from it: who has which is for the callers to
   * agree about. @throws Fault of Redis
   */
  async own(bucket: number, incarnation: string, nowMs: number): Promise<void> {
    const { own, due, firing } = reminderKeys(bucket);
    let epoch = "";
    let cursor = "0";
    do {
      const args = [incarnation, epoch, nowMs, LEFT_AT_A_TIME, cursor];
      const answer = await this.#redis.script(OWN_BUCKET_SCRIPT, [own, due, firing], args);
      const [word, next] = answer as readonly [epoch: string, cursor?: string];
      if (word === "fenced") return;
      epoch = word;
      cursor = next ?? "0";
    } while (cursor !== "0");
    this.#buckets.set(bucket, { number: bucket, epoch, incarnation, nextMs: 0, lookedMs: 0 });
  }

  /** Takes nothing from a bucket any more. */
  leave(bucket: number): void {
    this.#buckets.delete(bucket);
  }

  async wakeBy({ entity, stamp, dueMs }: WakeWish): Promise<void> {
    await this.#write(entity, stamp, dueMs, true);
  }

  async wakeAt({ entity, stamp, dueMs }: WakeOrder): Promise<void> {
    await this.#write(entity, stamp, dueMs, false);
  }

  async take(page: WakePage): Promise<TakenWakes> {
    const { nowMs, untilMs, limit } = page;
    const buckets = [...this.#buckets.values()];
    const asked = buckets.filter(
      (bucket) => bucket.nextMs <= untilMs || nowMs - bucket.lookedMs >= LOOK_EVERY_MS,
    );
    const share = Math.max(1, Math.ceil(limit / Math.max(1, asked.length)));
    const answers = await Promise.allSettled(
      asked.map((bucket) => this.#takeFrom(bucket, { ...page, limit: share })),
    );
    const wakes = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    const failed = answers.find((answer) => answer.status === "rejected");
    if (wakes.length === 0 && failed !== undefined) throw failed.reason;
    wakes.sort((a, b) => a.dueMs - b.dueMs);
    const nextMs = Math.min(...buckets.map((bucket) => bucket.nextMs));
    return Number.isFinite(nextMs) ? { wakes, nextMs } : { wakes };
  }

  async #takeFrom(bucket: OwnBucket, { nowMs, untilMs, limit }: WakePage): Promise<readonly Wake[]> {
    const { own, due, firing } = reminderKeys(bucket.number);
    const { epoch, incarnation } = bucket;
    // Set before the question: what is written meanwhile is earlier than what is answered.
    bucket.lookedMs = nowMs;
    bucket.nextMs = Number.POSITIVE_INFINITY;
    const args = [epoch, incarnation, nowMs, untilMs, RETRY_AFTER_MS, limit];
    try {
      const answer = await this.#redis.script(TAKE_WAKES_SCRIPT, [own, due, firing], args);
      const [kind, taken, next] = answer as readonly [kind: string, taken?: readonly string[], next?: string];
      if (kind === "fenced") {
        if (this.#buckets.get(bucket.number) === bucket) this.#buckets.delete(bucket.number);
        return [];
      }
      if (next !== undefined && next !== "") bucket.nextMs = Math.min(bucket.nextMs, Number(next));
      return wakesOf(taken ?? []);
    } catch (error) {
      bucket.nextMs = 0;
      throw error;
    }
  }

  async #write(
    entity: EntityAddress,
    { ownerEpoch, seq }: Stamp,
    dueMs: number | undefined,
    isLatest: boolean,
  ): Promise<void> {
    const number = reminderBucketOf(entity);
    const { due, by, firing } = reminderKeys(number);
    const args = [entityKey(entity), ownerEpoch, seq, dueMs ?? ""];
    await this.#redis.script(isLatest ? WAKE_BY_SCRIPT : WAKE_AT_SCRIPT, [due, by, firing], args);
    const bucket = this.#buckets.get(number);
    if (bucket !== undefined && dueMs !== undefined) bucket.nextMs = Math.min(bucket.nextMs, dueMs);
  }
}

/** Entities and times in turn. */
function wakesOf(taken: readonly string[]): readonly Wake[] {
  const wakes: Wake[] = [];
  for (let at = 0; at + 1 < taken.length; at += 2) {
    const entity = parseEntityKey(String(taken[at]));
    if (entity !== undefined) wakes.push({ entity, dueMs: Number(taken[at + 1]) });
  }
  return wakes;
}
