import type { Delivery } from "./delivery.ts";

/** What became of a delivery: taken, waiting already, or refused because `max` wait. */
export type OutboxVerdict = "added" | "known" | "full";

/**
 * The deliveries of one endpoint that have not been made, oldest first. When it is full the newest is refused, so that
 * what was once taken is never dropped for something else, and whoever sends learns of it.
 */
export interface Outbox {
  readonly size: number;
  readonly max: number;
  add(delivery: Delivery): OutboxVerdict;
  head(): Delivery | undefined;
  /** Forgets one that was delivered or given up. */
  remove(id: string): void;
  all(): readonly Delivery[];
}
