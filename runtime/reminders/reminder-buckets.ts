import { passOverFault } from "../fault.ts";
import type { KnownMember, MemberView } from "../membership/member-view.ts";
import { REMINDER_BUCKETS } from "../redis/redis-keys.ts";
import { Placement } from "../sharding/placement.ts";
import type { Cancel, Clock } from "../time/clock.ts";

/** Where buckets are taken into possession. */
export interface BucketStore {
  readonly buckets: ReadonlySet<number>;
  own(bucket: number, incarnation: string, nowMs: number): Promise<void>;
  leave(bucket: number): void;
}

/** What the buckets of a life are made of. */
export interface ReminderBucketsParts {
  readonly store: BucketStore;
  readonly member: { readonly incarnation: string; readonly view: MemberView; holdsLease(): boolean };
  readonly clock: Clock;
  /** The time by which reminders fall due. */
  readonly nowMs: () => number;
  /** There is more to take. */
  readonly onOwned: () => void;
}

/** The role of the nodes that take entities: those wake them, too. */
const ROLE = "entities";
/** How often a node looks whether it has what belongs to it, in milliseconds: another view may have taken some of it away. */
const LOOK_EVERY_MS = 5_000;
/** Taken into possession at a time. */
const OWNED_AT_A_TIME = 32;

/**
 * Which of the buckets of reminders this node takes from, in one life: those that placement gives to it. Nobody has to agree: of two nodes whose views differ the later one
 * takes, and the script keeps the other one out. A wake-up that comes twice because of that costs a look.
 */
export class ReminderBuckets {
  readonly #parts: ReminderBucketsParts;
  #wanted: ReadonlySet<number> = new Set();
  #isOwning = false;
  #stop: Cancel = () => undefined;
  #isClosed = false;

  constructor(parts: ReminderBucketsParts) {
    this.#parts = parts;
  }

  /** The members are others: so is what belongs to this one. */
  viewChanged(): void {
    const { member, store } = this.#parts;
    this.#wanted = belongingTo(member.incarnation, member.view);
    for (const bucket of store.buckets) if (!this.#wanted.has(bucket)) store.leave(bucket);
    this.look();
  }

  /** Takes what belongs to this node and is not here yet. */
  look(): void {
    if (this.#isClosed) return;
    this.#stop();
    this.#stop = this.#parts.clock.after(LOOK_EVERY_MS, () => this.look());
    if (!this.#isOwning) void this.#own();
  }

  /** Takes nothing any more; others take it. */
  leave(): void {
    const { store } = this.#parts;
    this.#wanted = new Set();
    for (const bucket of store.buckets) store.leave(bucket);
  }

  /** The life is over. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.leave();
  }

  async #own(): Promise<void> {
    this.#isOwning = true;
    try {
      while (await this.#ownSome());
    } catch (error) {
      // Redis is away: the next look finds what is missing.
      passOverFault(error);
    } finally {
      this.#isOwning = false;
    }
  }

  /** False when nothing is missing any more. @throws Fault of Redis */
  async #ownSome(): Promise<boolean> {
    const { store, member, nowMs, onOwned } = this.#parts;
    const held = store.buckets;
    const missing = [...this.#wanted].filter((bucket) => !held.has(bucket)).slice(0, OWNED_AT_A_TIME);
    if (missing.length === 0 || this.#isClosed || !member.holdsLease()) return false;
    await Promise.all(missing.map((bucket) => store.own(bucket, member.incarnation, nowMs())));
    // What has come to belong to another one meanwhile is that one's.
    for (const bucket of missing) if (!this.#wanted.has(bucket)) store.leave(bucket);
    onOwned();
    return true;
  }
}

function belongingTo(incarnation: string, { members }: MemberView): ReadonlySet<number> {
  const takers = [...members.values()].filter(({ state }: KnownMember) => state === "up");
  const placement = new Placement(takers);
  const buckets = Array.from({ length: REMINDER_BUCKETS }, (_, bucket) => bucket);
  return new Set(buckets.filter((bucket) => placement.of(`reminders/${bucket}`, ROLE) === incarnation));
}
