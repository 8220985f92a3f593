import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Verdict } from "../actor/actor-ref.ts";
import type { Receipt } from "../codec/record-codec.ts";
import type { Fault } from "../fault.ts";
import { backoffMs } from "../time/backoff.ts";
import type { Cancel, Clock } from "../time/clock.ts";

/** Deliveries to one entity that may be on their way at once; the others wait for their turn. */
const WINDOW = 64;
/** How soon what was not acknowledged is sent again, and how soon what was not taken. */
const AGAIN = { minMs: 1_000, maxMs: 10_000, jitter: 0.5 };
const BUSY_AGAIN_MS = 50;

/** Sends one delivery to the entity. `acknowledge` is called once it is taken in for good, be it by this sending or an earlier one, or with why it never will be. */
export type SendDelivery = (
  message: TaggedMessage,
  receipt: Receipt,
  acknowledge: (refused?: Fault) => void,
) => Verdict;

/** What a lane is made of. */
export interface LaneParts {
  /** Never used before by anybody: the entity counts for each. */
  readonly sender: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly send: SendDelivery;
}

interface Delivery {
  readonly seq: number;
  readonly message: TaggedMessage;
  readonly taken: () => void;
  readonly lost: (error: Error) => void;
}

/** What is delivered to one entity, in order: kept until the entity has acknowledged it, and sent again meanwhile. */
export class DeliveryLane {
  readonly #parts: LaneParts;
  /** Oldest first. */
  #kept: Delivery[] = [];
  /** Of those, how many were sent since the last time that all were. */
  #sent = 0;
  #latestSeq = 0;
  #attempt = 0;
  /** Undefined while no timer runs. */
  #timer: Cancel | undefined = undefined;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#kept.length;
  }

  /** Resolves when the entity has taken it in for good. */
  add(message: TaggedMessage): Promise<void> {
    return new Promise((taken, lost) => {
      this.#kept.push({ seq: ++this.#latestSeq, message, taken, lost });
      if (this.#kept.length <= WINDOW) this.#fill();
    });
  }

  /** Whatever waits is given up. */
  close(why: () => Error): void {
    this.#stopTimer();
    for (const { lost } of this.#kept.splice(0)) lost(why());
  }

  #fill(): void {
    if (!this.#sendWaiting()) return this.#later(BUSY_AGAIN_MS, () => this.#fill());
    // One that runs is not started anew: what is lost would wait for as long as others follow it.
    if (this.#timer !== undefined) return;
    this.#later(backoffMs(AGAIN, this.#attempt, this.#parts.random()), () => this.#again());
  }

  /** Sends those whose turn has come; false when the way takes no more now. */
  #sendWaiting(): boolean {
    while (this.#sent < Math.min(WINDOW, this.#kept.length)) {
      const next = this.#kept[this.#sent];
      if (next === undefined || !this.#send(next)) return false;
      this.#sent++;
    }
    return true;
  }

  #send({ seq, message }: Delivery): boolean {
    const { sender, send } = this.#parts;
    return send(message, { sender, seq }, (refused) => this.#acknowledged(seq, refused)) === "accepted";
  }

  #acknowledged(seq: number, refused: Fault | undefined): void {
    const at = this.#kept.findIndex((delivery) => delivery.seq === seq);
    const [delivery] = at < 0 ? [] : this.#kept.splice(at, 1);
    if (delivery === undefined) return;
    if (at < this.#sent) this.#sent--;
    this.#attempt = 0;
    if (refused === undefined) delivery.taken();
    else delivery.lost(refused);
    this.#stopTimer();
    if (this.#kept.length > 0) this.#fill();
  }

  /** All that is not acknowledged, in order: one that comes without those before it is not taken. */
  #again(): void {
    this.#sent = 0;
    this.#attempt++;
    this.#fill();
  }

  #later(delayMs: number, task: () => void): void {
    this.#stopTimer();
    this.#timer = this.#parts.clock.after(delayMs, () => {
      this.#timer = undefined;
      task();
    });
  }

  #stopTimer(): void {
    this.#timer?.();
    this.#timer = undefined;
  }
}
