import type { Verdict } from "../actor/actor-ref.ts";
import type { Parcel } from "../codec/parcel.ts";
import { ParcelCodec } from "../codec/parcel-codec.ts";
import { Fault } from "../fault.ts";
import type { ActorSystem } from "../kernel/actor-system.ts";
import { Deadline } from "../time/deadlines.ts";
import { PARCEL_BYTES_MAX } from "../transport/outbox.ts";
import type { Transport } from "../transport/transport.ts";

/** How soon it is tried again to send what has to be sent, in milliseconds. */
const AGAIN_AFTER_MS = 20;
/** Answers that wait for one node; the next ones are dropped, and their askers wait for their deadlines. */
const ANSWERS_WAITING_MAX = 10_000;
/** A letter comes back in a parcel of its own, which says why: that has to fit as well. */
const RETURN_BYTES = 4_096;
const SENT_BYTES_MAX = PARCEL_BYTES_MAX - RETURN_BYTES;

/** Told of parcels that nobody will get: their node is gone, or this life is over. */
export type OnDropped = (to: string, parcels: readonly Uint8Array[]) => void;

/** Sends parcels. What a node owes to another is kept until it can be sent; what may be refused is refused meanwhile. */
export class ParcelSending {
  readonly #system: ActorSystem;
  readonly #transport: Transport;
  readonly #onDropped: OnDropped;
  readonly #codec = new ParcelCodec();
  readonly #owed = new Map<string, Uint8Array[]>();
  #isClosed = false;
  /** Answers that were dropped because too many waited. */
  dropped = 0;

  constructor(system: ActorSystem, transport: Transport, onDropped: OnDropped) {
    this.#system = system;
    this.#transport = transport;
    this.#onDropped = onDropped;
  }

  /** Sends a parcel, or answers why not. @throws Fault parcelTooLarge, also for one that could not come back */
  send(to: string, parcel: Parcel): Verdict {
    if (this.#isClosed) return "gone";
    if (this.#owed.has(to)) return "busy";
    const bytes = this.#codec.encode(parcel);
    if (bytes.length > SENT_BYTES_MAX) throw tooLarge(to, bytes, SENT_BYTES_MAX);
    return this.#transport.send(to, bytes);
  }

  /** Sends an answer now or as soon as it can be; dropped when the node is gone, or too much waits for it. */
  answer(to: string, parcel: Parcel): void {
    if ((this.#owed.get(to)?.length ?? 0) < ANSWERS_WAITING_MAX) this.sendSurely(to, parcel);
    else this.dropped++;
  }

  /** Sends now or as soon as it can be; dropped when the node is gone. For what is bounded by a table of its own. @throws Fault parcelTooLarge */
  sendSurely(to: string, parcel: Parcel): void {
    const bytes = this.#codec.encode(parcel);
    if (this.#isClosed) return this.#onDropped(to, [bytes]);
    // Known now: later nobody would be there to answer something else, and all behind it would wait for ever.
    if (bytes.length > PARCEL_BYTES_MAX) throw tooLarge(to, bytes, PARCEL_BYTES_MAX);
    const owed = this.#owed.get(to);
    if (owed !== undefined) return void owed.push(bytes);
    const verdict = this.#transport.send(to, bytes);
    if (verdict === "gone") return this.#onDropped(to, [bytes]);
    if (verdict === "accepted") return;
    this.#owed.set(to, [bytes]);
    this.#later(to);
  }

  nodeEnded(incarnation: string): void {
    const owed = this.#owed.get(incarnation);
    this.#owed.delete(incarnation);
    if (owed !== undefined) this.#onDropped(incarnation, owed);
  }

  close(): void {
    this.#isClosed = true;
    for (const to of this.#owed.keys()) this.nodeEnded(to);
  }

  #later(to: string): void {
    this.#system.deadlines.add(new Again(() => this.#again(to)), AGAIN_AFTER_MS);
  }

  #again(to: string): void {
    const owed = this.#owed.get(to);
    if (owed === undefined) return;
    let sent = 0;
    let verdict: Verdict = "accepted";
    for (const bytes of owed) {
      verdict = this.#transport.send(to, bytes);
      if (verdict !== "accepted") break;
      sent++;
    }
    owed.splice(0, sent);
    if (verdict === "gone") return this.nodeEnded(to);
    if (owed.length === 0) this.#owed.delete(to);
    else this.#later(to);
  }
}

function tooLarge(to: string, { length: bytes }: Uint8Array, max: number): Fault {
  return new Fault("parcelTooLarge", { to, bytes, max });
}

class Again extends Deadline {
  readonly #task: () => void;

  constructor(task: () => void) {
    super();
    this.#task = task;
  }

  expire(): void {
    this.#task();
  }
}
