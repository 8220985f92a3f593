import type { Cancel, Clock } from "../time/clock.ts";
import type { Standing } from "./inbox-frame.ts";
import type { Batch } from "./outbox.ts";
import { Sender } from "./sender.ts";
import type { Held } from "./sender.ts";
import type { TransportCounts } from "./transport-counts.ts";

/** What the sending side of a transport works with. */
export interface OutgoingParts {
  readonly clock: Clock;
  readonly counts: TransportCounts;
  /** Puts a frame into an inbox. */
  readonly post: (to: string, asks: number, batch: Batch) => Promise<"added" | "missing">;
}

/** Receivers at a time. */
const RECEIVERS_MAX = 4096;
/** Dead receivers that are remembered, the latest. */
const ENDED_MAX = 10_000;
/** So often those are looked at from which something is awaited. */
const LOOK_EVERY_MS = 250;

/** The sending side: one sender for each receiver, and who among the receivers is dead. */
export class Outgoing {
  readonly #parts: OutgoingParts;
  readonly #senders = new Map<string, Sender>();
  readonly #held: Held = { bytes: 0 };
  readonly #ended = new Set<string>();
  readonly #due = new Set<Sender>();
  #cancelLook: Cancel | undefined = undefined;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
  }

  /** Whether nothing waits for an acknowledgement. */
  get isIdle(): boolean {
    return this.#held.bytes === 0 && [...this.#senders.values()].every((sender) => sender.isIdle);
  }

  /** What waits to be acknowledged, by receiver. */
  get kept(): ReadonlyMap<string, { readonly parcels: number; readonly bytes: number }> {
    return new Map([...this.#senders].map(([to, sender]) => [to, sender.kept]));
  }

  isEnded(incarnation: string): boolean {
    return this.#ended.has(incarnation);
  }

  /** Takes a parcel, to be sent with the next `flush`; false when it is too much. */
  offer(to: string, parcel: Uint8Array): boolean {
    const sender = this.#senders.get(to) ?? this.#begin(to);
    if (sender?.offer(parcel) !== true) return false;
    this.#due.add(sender);
    this.#cancelLook ??= this.#parts.clock.after(LOOK_EVERY_MS, this.#look);
    return true;
  }

  flush(): void {
    for (const sender of this.#due) sender.flush();
    this.#due.clear();
  }

  /** A receiver has told what it has. */
  hear(from: string, standing: Standing): void {
    this.#senders.get(from)?.hear(standing);
  }

  /** Everybody who owes an acknowledgement is asked for it now. */
  askAll(): void {
    for (const sender of this.#senders.values()) if (!sender.isIdle) sender.ask();
  }

  /** A receiver is dead: answers what it has not acknowledged. */
  end(incarnation: string): readonly Uint8Array[] {
    this.#ended.add(incarnation);
    const [oldest] = this.#ended;
    if (this.#ended.size > ENDED_MAX && oldest !== undefined) this.#ended.delete(oldest);
    const sender = this.#senders.get(incarnation);
    if (sender === undefined) return [];
    this.#senders.delete(incarnation);
    this.#due.delete(sender);
    return sender.end();
  }

  /** This node ends: answers what nobody has acknowledged. */
  close(): ReadonlyMap<string, readonly Uint8Array[]> {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    const left = new Map([...this.#senders].map(([to, sender]) => [to, sender.end()]));
    this.#senders.clear();
    this.#due.clear();
    return left;
  }

  #begin(to: string): Sender | undefined {
    if (this.#senders.size >= RECEIVERS_MAX) return undefined;
    const { clock, counts, post } = this.#parts;
    const sender = new Sender({
      clock,
      counts,
      held: this.#held,
      post: (asks, batch) => post(to, asks, batch),
    });
    this.#senders.set(to, sender);
    return sender;
  }

  readonly #look = (): void => {
    this.#cancelLook = undefined;
    for (const sender of this.#senders.values()) sender.look();
    if (!this.isIdle) this.#cancelLook = this.#parts.clock.after(LOOK_EVERY_MS, this.#look);
  };
}
