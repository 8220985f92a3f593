import type { EntityAddress } from "../persistence/entity-address.ts";

/** In whose name something is written, and the how-manieth time: what is older than what is stored changes nothing. */
export interface Stamp {
  readonly ownerEpoch: number;
  /** Grows with each write of a process. */
  readonly seq: number;
}

/** When an entity wants to be woken. */
export interface WakeWish {
  readonly entity: EntityAddress;
  readonly stamp: Stamp;
  readonly dueMs: number;
}

/** That an entity wants to be woken at a time, or not at all. */
export interface WakeOrder {
  readonly entity: EntityAddress;
  readonly stamp: Stamp;
  readonly dueMs: number | undefined;
}

/** Which wake-ups to take: those due by `untilMs`, the earliest first. */
export interface WakePage {
  readonly nowMs: number;
  readonly untilMs: number;
  readonly limit: number;
}

/** An entity that is to be woken. */
export interface Wake {
  readonly entity: EntityAddress;
  readonly dueMs: number;
}

/** What was taken. `nextMs`: when the earliest one of the others is due, as far as is known. */
export interface TakenWakes {
  readonly wakes: readonly Wake[];
  readonly nextMs?: number;
}

/** After so long somebody who was woken and did not say when to be woken next is woken again, in milliseconds. */
export const RETRY_AFTER_MS = 30_000;

/**
 * When entities are to be woken because of their reminders: one entry each, ordered by time. It only wakes. What is due, and what is done then, is in the
 * entity's own records, so an entry too many costs a look and nothing else. An entry too few would be a reminder lost; so `wakeBy` is stored before the record
 * of the decision that needs it, `wakeAt` after the record that made it right, each entity says `wakeAt` again when it is loaded, and a wake-up comes
 * again until it was answered with `wakeAt`. Every method may reject with a Fault of the journal or of Redis; then it is unknown whether it was done.
 */
export interface ReminderStore {
  /** Whether it is a part of the journal: what is appended after a call of `wakeBy` is never stored without it, and need not wait for it. */
  readonly isBesideJournal: boolean;
  /** Whether other processes write into it, too: then it has to be looked at again and again. */
  readonly isShared: boolean;
  /** Has an entity woken at `dueMs` or before: an earlier time that is stored stays. */
  wakeBy(wish: WakeWish): Promise<void>;
  /** Has an entity woken at exactly that time, or not at all; changes nothing when a newer stamp is stored. */
  wakeAt(order: WakeOrder): Promise<void>;
  /** Takes what is due before long. Each is due again `RETRY_AFTER_MS` later, unless `wakeAt` has changed it by then. */
  take(page: WakePage): Promise<TakenWakes>;
}

/** Whether a write may change what was written with another stamp. Pure. */
export function isNotOlder(stamp: Stamp, stored: Stamp | undefined): boolean {
  if (stored === undefined || stamp.ownerEpoch > stored.ownerEpoch) return true;
  return stamp.ownerEpoch === stored.ownerEpoch && stamp.seq >= stored.seq;
}
