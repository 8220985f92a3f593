import type { Reminder, ReminderChange } from "./reminder.ts";

/** The most reminders of one entity. */
export const REMINDERS_MAX = 1_000;

/** The reminders that an entity has: a part of its state, so the same records give the same ones. Pure. */
export class PendingReminders {
  readonly #byName: Map<string, Reminder>;
  /** The one that is due first; undefined when there is none, or it has to be looked for. */
  #first: Reminder | undefined = undefined;

  constructor(reminders: Iterable<Reminder> = []) {
    this.#byName = new Map(Array.from(reminders, (reminder) => [reminder.name, reminder]));
  }

  get size(): number {
    return this.#byName.size;
  }

  /** The one that is due first. */
  get first(): Reminder | undefined {
    if (this.#first === undefined) {
      for (const reminder of this.#byName.values()) {
        if (this.#first === undefined || reminder.dueMs < this.#first.dueMs) this.#first = reminder;
      }
    }
    return this.#first;
  }

  /** The one that is due first of those that do not have this name. */
  firstBut(name: string | undefined): Reminder | undefined {
    if (this.first?.name !== name) return this.first;
    return [...this.#byName.values()]
      .filter((reminder) => reminder.name !== name)
      .toSorted((one, other) => one.dueMs - other.dueMs)[0];
  }

  /** Those whose time has come, the first one first. */
  dueBy(nowMs: number): readonly Reminder[] {
    if (this.first === undefined || this.first.dueMs > nowMs) return [];
    const due = [...this.#byName.values()].filter(({ dueMs }) => dueMs <= nowMs);
    return due.toSorted((one, other) => one.dueMs - other.dueMs);
  }

  /** Whether this one is still to come as it is. */
  has(reminder: Reminder): boolean {
    return this.#byName.get(reminder.name) === reminder;
  }

  /** Folds what a record says of them. */
  apply(change: ReminderChange): void {
    const before = this.#byName.get(change.name);
    if (before !== undefined && before === this.#first) this.#first = undefined;
    if (change.kind === "set") {
      const { kind: _, ...reminder } = change;
      this.#put(reminder);
    } else if (change.kind === "fired" && change.nextMs !== undefined && before !== undefined) {
      this.#put({ ...before, dueMs: change.nextMs });
    } else this.#byName.delete(change.name);
  }

  /** As data. */
  entries(): readonly Reminder[] {
    return [...this.#byName.values()];
  }

  #put(reminder: Reminder): void {
    this.#byName.set(reminder.name, reminder);
    if (this.#first !== undefined && reminder.dueMs < this.#first.dueMs) this.#first = reminder;
  }
}
