import type { Verdict } from "../actor/actor-ref.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Owner } from "../persistence/journal.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { DueTime } from "./due-time.ts";
import { Lateness } from "./lateness.ts";
import type { ReminderStore, Stamp } from "./reminder-store.ts";
import { WakeCalls } from "./wake-calls.ts";

/** What differs from node to node. */
export interface ReminderSettings {
  readonly store: ReminderStore;
  /** How many entities are woken in a second at most; 10,000 unless given. */
  readonly perSecond?: number;
  /** What the time is: the wall clock unless given. In a cluster all nodes have to agree on it. */
  readonly time?: () => number;
}

/** What reminders are made of. */
export interface RemindersParts extends ReminderSettings {
  readonly clock: Clock;
  readonly log: Logger;
}

const PER_SECOND = 10_000;
/** What is due within this time is in memory; the rest waits in the store. */
const HORIZON_MS = 5_000;
/** A store that others write into is looked at so often. */
const LOOK_EVERY_MS = 1_000;
/** Whoever is still to be woken so long after it was planned is taken from the store. */
const GRACE_MS = 1_000;
/** Taken from the store at a time. */
const TAKEN_MAX = 1_000;
/** While so many are in memory, no others are taken. */
const ENOUGH = 5_000;
/** The longest sleep: time may have jumped. */
const SLEEP_MAX_MS = 1_000;

/**
 * The durable timers of all entities of a node: knows when which entity wants to be woken, from the store no more than the near future, and wakes it in time, and no
 * faster than it may. What an entity does then is its own decision.
 */
export class Reminders {
  readonly lateness = new Lateness();
  readonly #parts: RemindersParts;
  readonly #due = new DueTime();
  readonly #calls: WakeCalls;
  #wake: ((entity: EntityAddress) => Verdict) | undefined = undefined;
  #seq = 0;
  /** When the store is to be looked at; undefined when there is no reason to. */
  #takeAtMs: number | undefined = undefined;
  #isTaking = false;
  #sleep: Cancel | undefined = undefined;
  #isRunning = false;
  #hasFailed = false;

  constructor(parts: RemindersParts) {
    this.#parts = parts;
    const wake = (entity: EntityAddress): Verdict => this.#wake?.(entity) ?? "gone";
    this.#calls = new WakeCalls(wake, parts.perSecond ?? PER_SECOND, this.nowMs());
  }

  /** See `ReminderStore`. */
  get isBesideJournal(): boolean {
    return this.#parts.store.isBesideJournal;
  }

  /** Wake-ups in memory. */
  get held(): number {
    return this.#calls.size;
  }

  /** Wake-ups so far. */
  get called(): number {
    return this.#calls.called;
  }

  /** The time by which reminders fall due. */
  nowMs(): number {
    const { clock, time } = this.#parts;
    const nowMs = clock.nowMs();
    this.#due.observe(time?.() ?? clock.wallMs(), nowMs);
    return this.#due.at(nowMs);
  }

  /** Begins to wake, also what is left over from earlier. */
  begin(wake: (entity: EntityAddress) => Verdict): void {
    this.#wake = wake;
    this.#isRunning = true;
    this.#takeAtMs = this.nowMs();
    this.#run();
  }

  /** Wakes nobody any more. What was to be done is in the store. */
  stop(): void {
    this.#isRunning = false;
    this.#sleep?.();
    this.#sleep = undefined;
  }

  /** More may be in the store than was known: another process has left it, or a bucket has come. */
  look(): void {
    this.#lookBy(this.nowMs());
  }

  /** Has an entity woken at a time or before. Resolves when that is stored. @throws Fault of the store; then it is unknown */
  async wakeBy(entity: EntityAddress, owner: Owner, dueMs: number): Promise<void> {
    this.#plan(entity, dueMs);
    await this.#parts.store.wakeBy({ entity, stamp: this.#stamp(owner), dueMs });
  }

  /** Has an entity woken at exactly that time, or not at all. @throws Fault of the store; then it is woken too often rather than too rarely */
  async wakeAt(entity: EntityAddress, owner: Owner, dueMs: number | undefined): Promise<void> {
    this.#calls.forget(entity);
    if (dueMs !== undefined) this.#plan(entity, dueMs);
    await this.#parts.store.wakeAt({ entity, stamp: this.#stamp(owner), dueMs });
  }

  #stamp({ ownerEpoch }: Owner): Stamp {
    return { ownerEpoch, seq: ++this.#seq };
  }

  #plan(entity: EntityAddress, dueMs: number): void {
    const isNear = dueMs <= this.nowMs() + HORIZON_MS && this.#calls.plan(entity, dueMs);
    this.#lookBy(isNear ? dueMs + GRACE_MS : dueMs - HORIZON_MS / 2);
  }

  #lookBy(atMs: number): void {
    this.#takeAtMs = Math.min(this.#takeAtMs ?? atMs, atMs);
    if (this.#isRunning) this.#rest();
  }

  readonly #run = (): void => {
    this.#sleep = undefined;
    if (!this.#isRunning) return;
    const nowMs = this.nowMs();
    this.#calls.run(nowMs);
    if (this.#takeAtMs !== undefined && this.#takeAtMs <= nowMs && !this.#isTaking) void this.#take(nowMs);
    this.#rest();
  };

  /** Sleeps until there is something to do. */
  #rest(): void {
    this.#sleep?.();
    this.#sleep = undefined;
    const takeAtMs = this.#isTaking ? undefined : this.#takeAtMs;
    const nextMs = Math.min(this.#calls.nextMs ?? Infinity, takeAtMs ?? Infinity);
    if (nextMs === Infinity) return;
    const delayMs = Math.min(SLEEP_MAX_MS, Math.max(1, nextMs - this.nowMs()));
    this.#sleep = this.#parts.clock.after(delayMs, this.#run);
  }

  async #take(nowMs: number): Promise<void> {
    const untilMs = nowMs + HORIZON_MS;
    this.#isTaking = true;
    // Whoever plans something while the store is asked may set it anew.
    this.#takeAtMs = undefined;
    try {
      const limit = Math.min(TAKEN_MAX, this.#calls.room);
      const isCrowded = this.#calls.size >= ENOUGH;
      const { wakes, nextMs } = isCrowded
        ? { wakes: [], nextMs: nowMs }
        : await this.#parts.store.take({ nowMs, untilMs, limit });
      for (const { entity, dueMs } of wakes) this.#calls.plan(entity, dueMs);
      this.#hasFailed = false;
      this.#takeNext(isCrowded ? nowMs + GRACE_MS / 10 : nextMs, untilMs);
    } catch (error) {
      if (!this.#hasFailed && this.#isRunning) this.#parts.log.warn("reminders.unreadable", { err: error });
      this.#hasFailed = true;
      this.#takeNext(this.nowMs() + LOOK_EVERY_MS + HORIZON_MS, untilMs);
    } finally {
      this.#isTaking = false;
      if (this.#isRunning) this.#rest();
    }
  }

  /** @param nextMs when the first wake-up is due that was not taken */
  #takeNext(nextMs: number | undefined, untilMs: number): void {
    const { isShared } = this.#parts.store;
    const lookMs = isShared ? this.nowMs() + LOOK_EVERY_MS : Infinity;
    // Everything up to there was taken, so nothing is lost by waiting until half of the time has passed.
    const wantedMs = nextMs ?? Infinity;
    const isFar = wantedMs > untilMs;
    const atMs = Math.min(lookMs, isFar ? wantedMs - HORIZON_MS / 2 : wantedMs, this.#takeAtMs ?? Infinity);
    this.#takeAtMs = atMs === Infinity ? undefined : atMs;
  }
}
