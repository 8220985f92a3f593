import type { EntityAddress } from "../persistence/entity-address.ts";
import type { Owner } from "../persistence/journal.ts";
import type { Reminders } from "./reminders.ts";

/** What one life of an entity knows of its wake-up in the store, and keeps in step with its records. */
export class EntityWake {
  readonly #reminders: Reminders;
  readonly #entity: EntityAddress;
  readonly #owner: Owner;
  /** Not later than this the store wakes it; undefined when that is unknown, or never. */
  #atMs: number | undefined = undefined;
  /** Wake-ups that are being stored: what is appended meanwhile waits for them. */
  #gate: Promise<unknown> | undefined = undefined;

  constructor(reminders: Reminders, entity: EntityAddress, owner: Owner) {
    this.#reminders = reminders;
    this.#entity = entity;
    this.#owner = owner;
  }

  /**
   * Sends an append of a state in which the first reminder is due at `firstMs`. A wake-up that it needs is stored before the record: a process that dies in
   * between has a wake-up too many, and never a reminder that nobody wakes for. The order of appends is that of the calls.
   */
  append<T>(firstMs: number | undefined, append: () => Promise<T>): Promise<T> {
    const stored = this.#wakeBy(firstMs);
    if (this.#reminders.isBesideJournal) {
      // One store, one order: the record cannot be there without what was sent before it.
      const appended = append();
      return stored === undefined ? appended : both(appended, stored);
    }
    if (stored !== undefined) this.#wait(this.#gate === undefined ? stored : both(this.#gate, stored));
    return this.#gate === undefined ? append() : this.#gate.then(append);
  }

  /** What is stored says that the first reminder is due at `firstMs`: the store wakes by then from now on, whatever became of what was said to it before. */
  begin(firstMs: number): void {
    this.#wakeBy(firstMs)?.catch(() => {
      this.#atMs = undefined;
    });
  }

  /** Everything is stored, and the first reminder is due at `firstMs`: neither earlier nor later the entity needs to be woken. */
  settle(firstMs: number | undefined): void {
    this.#atMs = firstMs;
    this.#reminders.wakeAt(this.#entity, this.#owner, firstMs).catch(() => {
      // What the store holds is unknown now: the next decision says it again, and so does the next load.
      this.#atMs = undefined;
    });
  }

  /** Before it leaves memory: a wake-up that is not needed any more would load it for nothing. */
  leave(firstMs: number | undefined): void {
    if (this.#atMs !== undefined && (firstMs ?? Infinity) > this.#atMs) this.settle(firstMs);
  }

  #wakeBy(firstMs: number | undefined): Promise<void> | undefined {
    if (firstMs === undefined || (this.#atMs !== undefined && this.#atMs <= firstMs)) return undefined;
    this.#atMs = firstMs;
    return this.#reminders.wakeBy(this.#entity, this.#owner, firstMs);
  }

  #wait(gate: Promise<unknown>): void {
    this.#gate = gate;
    const open = (): void => {
      if (this.#gate === gate) this.#gate = undefined;
    };
    gate.then(open, open);
  }
}

async function both<T>(first: Promise<T>, second: Promise<unknown>): Promise<T> {
  const [result] = await Promise.all([first, second]);
  return result;
}
