import { entityKey } from "../persistence/entity-address.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import { DueHeap } from "./due-heap.ts";
import { isNotOlder, RETRY_AFTER_MS } from "./reminder-store.ts";
import type {
  ReminderStore,
  Stamp,
  TakenWakes,
  Wake,
  WakeOrder,
  WakePage,
  WakeWish,
} from "./reminder-store.ts";

interface Kept {
  readonly entity: EntityAddress;
  readonly key: string;
  readonly stamp: Stamp;
  readonly dueMs: number;
}

/** Wake-ups in the memory of one process: beside a journal in memory, and for tests. */
export class MemoryReminderStore implements ReminderStore {
  readonly isBesideJournal = true;
  readonly isShared = false;
  readonly #kept = new Map<string, Kept>();
  /** Those that are kept, and some that were replaced or removed since. */
  #heap = new DueHeap<Kept>();
  #replaced = 0;

  get size(): number {
    return this.#kept.size;
  }

  async wakeBy({ entity, stamp, dueMs }: WakeWish): Promise<void> {
    const key = entityKey(entity);
    const kept = this.#kept.get(key);
    const latest = kept === undefined || isNotOlder(stamp, kept.stamp) ? stamp : kept.stamp;
    this.#put({ entity, key, stamp: latest, dueMs: Math.min(dueMs, kept?.dueMs ?? dueMs) });
  }

  async wakeAt({ entity, stamp, dueMs }: WakeOrder): Promise<void> {
    const key = entityKey(entity);
    if (!isNotOlder(stamp, this.#kept.get(key)?.stamp)) return;
    if (dueMs !== undefined) this.#put({ entity, key, stamp, dueMs });
    else if (this.#kept.delete(key)) this.#tidy();
  }

  async take({ nowMs, untilMs, limit }: WakePage): Promise<TakenWakes> {
    const wakes: Wake[] = [];
    const first = (): Kept | undefined => this.#first();
    for (
      let kept = first();
      kept !== undefined && kept.dueMs <= untilMs && wakes.length < limit;
      kept = first()
    ) {
      const { entity, dueMs } = kept;
      wakes.push({ entity, dueMs });
      this.#put({ ...kept, dueMs: Math.max(nowMs, dueMs) + RETRY_AFTER_MS });
    }
    const nextMs = this.#first()?.dueMs;
    return nextMs === undefined ? { wakes } : { wakes, nextMs };
  }

  /** The one that is due first, once those are gone that were replaced. */
  #first(): Kept | undefined {
    for (let kept = this.#heap.first; kept !== undefined; kept = this.#heap.first) {
      if (this.#kept.get(kept.key) === kept) return kept;
      this.#heap.shift();
      this.#replaced--;
    }
    return undefined;
  }

  #put(kept: Kept): void {
    const wasKept = this.#kept.has(kept.key);
    this.#kept.set(kept.key, kept);
    this.#heap.add(kept);
    if (wasKept) this.#tidy();
  }

  /** What was replaced may be due in a year: it does not stay for that long. */
  #tidy(): void {
    if (++this.#replaced <= this.#kept.size + 1_000) return;
    this.#heap = new DueHeap();
    for (const kept of this.#kept.values()) this.#heap.add(kept);
    this.#replaced = 0;
  }
}
