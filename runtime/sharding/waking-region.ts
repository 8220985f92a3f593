import type { Region, Whereabouts } from "../cluster/region.ts";
import type { MemberChange, MemberView } from "../membership/member-view.ts";
import type { EntityAddress } from "../persistence/entity-address.ts";
import type { ReminderBuckets } from "../reminders/reminder-buckets.ts";
import type { Held } from "./ownership.ts";

/** The entities of a node in one life, and its share of the reminders that wake those of all nodes. */
export class WakingRegion implements Region {
  readonly #region: Region;
  readonly #buckets: ReminderBuckets;

  constructor(region: Region, buckets: ReminderBuckets) {
    this.#region = region;
    this.#buckets = buckets;
  }

  viewChanged(view: MemberView, changes: readonly MemberChange[]): void {
    this.#region.viewChanged(view, changes);
    this.#buckets.viewChanged();
  }

  fenced(): void {
    this.#buckets.leave();
    this.#region.fenced();
  }

  restored(): void {
    this.#region.restored();
    this.#buckets.viewChanged();
  }

  lost(held: Held): void {
    this.#region.lost(held);
  }

  drain(): Promise<void> {
    this.#buckets.close();
    return this.#region.drain();
  }

  whereIs(entity: EntityAddress): Promise<Whereabouts> {
    return this.#region.whereIs(entity);
  }

  async close(): Promise<void> {
    this.#buckets.close();
    await this.#region.close();
  }
}
