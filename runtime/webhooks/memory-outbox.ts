import type { Delivery } from "./delivery.ts";
import type { Outbox, OutboxVerdict } from "./outbox.ts";

/** An outbox that lives as long as its process: it outlasts the lives of its endpoint. */
export class MemoryOutbox implements Outbox {
  readonly max: number;
  /** By id, oldest first. */
  readonly #deliveries = new Map<string, Delivery>();

  constructor(max: number) {
    this.max = max;
  }

  get size(): number {
    return this.#deliveries.size;
  }

  add(delivery: Delivery): OutboxVerdict {
    if (this.#deliveries.has(delivery.id)) return "known";
    if (this.#deliveries.size >= this.max) return "full";
    this.#deliveries.set(delivery.id, delivery);
    return "added";
  }

  head(): Delivery | undefined {
    const [first] = this.#deliveries.values();
    return first;
  }

  remove(id: string): void {
    this.#deliveries.delete(id);
  }

  all(): readonly Delivery[] {
    return [...this.#deliveries.values()];
  }
}
