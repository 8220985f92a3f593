import type { StoredRecord } from "../codec/record-codec.ts";
import { EntityWake } from "../reminders/entity-wake.ts";
import { REMINDERS_MAX } from "../reminders/pending-reminders.ts";
import { firingOf } from "../reminders/reminder.ts";
import type { Firing, Reminder, ReminderChange } from "../reminders/reminder.ts";
import { RETRY_AFTER_MS } from "../reminders/reminder-store.ts";
import type { Fold } from "./fold.ts";
import type { Place } from "./place.ts";

/** Reminders of one entity that are handled in one turn; the others after the next commit. */
const FIRED_AT_A_TIME = 16;

/** The reminders of an entity in one life: what is due of them, and when it has to be woken for the others. */
export class EntityReminders {
  readonly #place: Place;
  readonly #fold: Fold;
  #wake: EntityWake | undefined = undefined;
  /** Whether it was woken, and has not said yet when to be woken next. */
  isWoken = false;

  constructor(place: Place, fold: Fold) {
    this.#place = place;
    this.#fold = fold;
  }

  /** The time by which they fall due. */
  nowMs(): number {
    return this.#place.kind.reminders.nowMs();
  }

  /**
   * Has those handled that are due, the first one first: each by `fire`, which stores that it was. Answers whether none is left; else the next commit
   * goes on, or the next wake-up.
   */
  fireDue(fire: (reminder: Reminder, firing: Firing) => void, isFull: () => boolean): boolean {
    const place = this.#place;
    const nowMs = this.nowMs();
    const due = this.#fold.reminders?.dueBy(nowMs) ?? [];
    let fired = 0;
    for (const reminder of lastOfAll(due, place.failedReminder)) {
      if (fired === FIRED_AT_A_TIME || isFull()) return false;
      // Forgotten or moved by one before it.
      if (this.#fold.reminders?.has(reminder) !== true) continue;
      place.failedReminder = reminder.name;
      fire(reminder, firingOf(reminder, nowMs));
      place.failedReminder = undefined;
      // It could not be stored: tried again at once it would not be either.
      if (this.#fold.reminders.has(reminder)) return false;
      place.kind.reminders.lateness.note(nowMs - reminder.dueMs);
      fired++;
    }
    return fired === 0;
  }

  /** Folds what a decision says of them; answers its record with that in it. @throws RangeError when there would be too many */
  change(record: StoredRecord, changes: readonly ReminderChange[]): Uint8Array {
    this.#fold.remind(changes);
    const size = this.#fold.reminders?.size ?? 0;
    if (size > REMINDERS_MAX) throw new RangeError(`more than ${REMINDERS_MAX} reminders: ${size}`);
    const reminders = [...(record.reminders ?? []), ...changes];
    return this.#place.kind.records.encode({ ...record, reminders });
  }

  /** Sends an append of the present state; what has to be stored before it is. */
  append<T>(append: () => Promise<T>): Promise<T> {
    const firstMs = this.#firstMs;
    if (firstMs === undefined && this.#wake === undefined) return append();
    return this.#waking.append(firstMs, append);
  }

  /** The state was loaded: whatever became of what an earlier life has said, the store wakes for it from now on. */
  begin(): void {
    const { reminders } = this.#fold;
    const { failedReminder } = this.#place;
    if (reminders === undefined || reminders.size === 0) return;
    // A wake-up for what is overdue is on its way. One that fails at it is not to fail as fast as it can be loaded, and not to keep back the others.
    const nowMs = this.nowMs();
    const retryMs = nowMs + RETRY_AFTER_MS;
    const firstMs = reminders.firstBut(failedReminder)?.dueMs ?? retryMs;
    if (failedReminder !== undefined) this.#waking.begin(Math.min(firstMs, retryMs));
    else this.#waking.begin(firstMs > nowMs ? firstMs : retryMs);
  }

  /** Nothing is due, and everything is stored. */
  rest(): void {
    this.isWoken = false;
    this.#waking.settle(this.#firstMs);
  }

  /** The entity leaves memory, and everything is stored. */
  leave(): void {
    this.#wake?.leave(this.#firstMs);
  }

  /** What an operator sees. */
  describe(): Readonly<Record<string, unknown>> {
    const { reminders } = this.#fold;
    if (reminders === undefined || reminders.size === 0) return {};
    return { reminders: reminders.size, nextReminderAtMs: this.#firstMs };
  }

  get #firstMs(): number | undefined {
    return this.#fold.reminders?.first?.dueMs;
  }

  get #waking(): EntityWake {
    const { kind, address, owner } = this.#place;
    return (this.#wake ??= new EntityWake(kind.reminders, address, owner));
  }
}

/** One that made its entity fail comes after the others, so that it does not keep them back for ever. */
function lastOfAll(due: readonly Reminder[], failed: string | undefined): readonly Reminder[] {
  if (failed === undefined) return due;
  return [...due.filter(({ name }) => name !== failed), ...due.filter(({ name }) => name === failed)];
}
