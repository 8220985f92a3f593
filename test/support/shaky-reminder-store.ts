import { Fault } from "../../runtime/fault.ts";
import { MemoryReminderStore } from "../../runtime/reminders/memory-reminder-store.ts";
import type {
  ReminderStore,
  TakenWakes,
  WakeOrder,
  WakePage,
  WakeWish,
} from "../../runtime/reminders/reminder-store.ts";

/** What becomes of a write or a take: it is carried out; it is not; or it is, and nobody hears of it. */
export type StoreFate = "done" | "lost" | "unheard";

/** A store of wake-ups apart from the journal, in which what a test wants goes wrong. */
export class ShakyReminderStore implements ReminderStore {
  readonly isBesideJournal = false;
  readonly isShared = true;
  /** The fates of the next calls, in order; what comes after them is done. */
  readonly fates: StoreFate[] = [];
  readonly #stored = new MemoryReminderStore();

  wakeBy(wish: WakeWish): Promise<void> {
    return this.#do(() => this.#stored.wakeBy(wish));
  }

  wakeAt(order: WakeOrder): Promise<void> {
    return this.#do(() => this.#stored.wakeAt(order));
  }

  take(page: WakePage): Promise<TakenWakes> {
    return this.#do(() => this.#stored.take(page));
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    const fate = this.fates.shift() ?? "done";
    if (fate === "lost") throw new Fault("redisUnavailable");
    const result = await work();
    if (fate === "unheard") throw new Fault("redisUnanswered");
    return result;
  }
}
