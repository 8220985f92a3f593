import type { TaggedMessage } from "../../protocols/protocol.ts";
import { Fault } from "../fault.ts";
import type { Clock } from "../time/clock.ts";
import { DeliveryLane } from "./delivery-lane.ts";
import type { SendDelivery } from "./delivery-lane.ts";

/** Deliveries that may wait for their acknowledgement, unless told otherwise; the next one is refused. */
export const DELIVERIES_MAX = 10_000;

/** Entities for which the count is kept while nothing waits. */
const LANES_MAX = 10_000;

/** What deliveries are made of. */
export interface DeliveriesParts {
  /** Names this process and no other, ever. */
  readonly sender: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly max: number;
}

/** The outbox of a service: bounded, in memory, one lane for each entity. What waits in it ends with its process. */
export class Deliveries {
  readonly #parts: DeliveriesParts;
  readonly #lanes = new Map<string, DeliveryLane>();
  readonly #onEmpty = new Set<() => void>();
  #lanesMade = 0;
  #size = 0;
  #isClosed = false;

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
  }

  /** How many wait for their acknowledgement. */
  get size(): number {
    return this.#size;
  }

  /** Resolves when the entity at `address` has taken the message in for good. Rejects with the Fault `outboxFull`, or `deliveryUnknown` at the close. */
  async add(address: string, message: TaggedMessage, send: SendDelivery): Promise<void> {
    const { max } = this.#parts;
    if (this.#isClosed) throw new Fault("deliveryUnknown", { address, why: "the client is closed" });
    if (this.#size >= max) throw new Fault("outboxFull", { address, max });
    this.#size++;
    try {
      await this.#lane(address, send).add(message);
    } finally {
      this.#size--;
      if (this.#size === 0) for (const done of this.#onEmpty) done();
    }
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    if (this.#size > 0) await new Promise<void>((resolve) => this.#onEmpty.add(resolve));
  }

  /** Gives up what still waits: nobody knows whether it was taken in. */
  close(): void {
    this.#isClosed = true;
    for (const [address, lane] of this.#lanes) lane.close(() => new Fault("deliveryUnknown", { address }));
    this.#lanes.clear();
  }

  #lane(address: string, send: SendDelivery): DeliveryLane {
    let lane = this.#lanes.get(address);
    this.#lanes.delete(address);
    if (lane === undefined) {
      this.#makeRoom();
      const { sender, clock, random } = this.#parts;
      lane = new DeliveryLane({ sender: `${sender}.${++this.#lanesMade}`, clock, random, send });
    }
    // Behind all others: it was used last.
    this.#lanes.set(address, lane);
    return lane;
  }

  /** One that is empty may be forgotten: the next one to its entity is another sender, who begins to count anew. */
  #makeRoom(): void {
    if (this.#lanes.size < LANES_MAX) return;
    for (const [address, { size }] of this.#lanes) {
      if (size === 0) return void this.#lanes.delete(address);
    }
  }
}
