import { backoffMs } from "../time/backoff.ts";
import type { Clock } from "../time/clock.ts";
import type { Standing } from "./inbox-frame.ts";
import { OUTBOX_BYTES_MAX, Outbox } from "./outbox.ts";
import type { Batch } from "./outbox.ts";
import type { TransportCounts } from "./transport-counts.ts";

/** The bytes that all senders of a node keep together. */
export interface Held {
  bytes: number;
}

/** What a sender works with. */
export interface SenderParts {
  readonly clock: Clock;
  readonly counts: TransportCounts;
  readonly held: Held;
  /** Puts a frame into the receiver's inbox: a question, parcels, or both. */
  readonly post: (asks: number, batch: Batch) => Promise<"added" | "missing">;
}

/** Frames to one receiver that may be under way; with more to send they wait and fill up. */
const UNDER_WAY_MAX = 8;
/** What all outboxes of a node may keep together. */
const HELD_BYTES_MAX = 4 * OUTBOX_BYTES_MAX;
/** A receiver that has acknowledged nothing more for so long is asked what it has. */
const QUIET_MS = 2000;
/** When a question could not be put, the next one is tried so much later. */
const RETRY_MS = 250;
const ASK_AGAIN = { minMs: 500, maxMs: 10_000, jitter: 0 };
const NOTHING: Batch = { first: 0, parcels: [] };

/**
 * Sends to one receiver: keeps what is not acknowledged, and sends again, in order, what the receiver has not got. Whatever is unknown (an addition without an answer,
 * an inbox that is lost, a long silence) is settled in one way: it asks the receiver what it has. The question goes the same way as the parcels,
 * so what is not there when it arrives is lost.
 */
export class Sender {
  readonly #parts: SenderParts;
  readonly #outbox = new Outbox();
  #underWay = 0;
  #asked = 0;
  /** What had been sent when the latest question was put. */
  #askedUpTo = 0;
  /** Questions since something was acknowledged. */
  #questions = 0;
  #askAtMs = 0;
  /** Nothing is sent until the receiver has said what it has. */
  #isInDoubt = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Whether everything is acknowledged. */
  get isIdle(): boolean {
    return this.#outbox.kept === 0;
  }

  /** How many parcels it keeps, and how many bytes. */
  get kept(): { readonly parcels: number; readonly bytes: number } {
    return { parcels: this.#outbox.kept, bytes: this.#outbox.bytes };
  }

  /** Whether it was taken; it goes with the next `flush`. */
  offer(parcel: Uint8Array): boolean {
    const { held, clock } = this.#parts;
    if (held.bytes + parcel.length > HELD_BYTES_MAX) return false;
    if (this.isIdle && !this.#isInDoubt) this.#askAtMs = clock.nowMs() + QUIET_MS;
    if (!this.#outbox.offer(parcel)) return false;
    held.bytes += parcel.length;
    return true;
  }

  /** Sends what waits, as far as the credit goes. */
  flush(): void {
    while (!this.#isInDoubt && this.#underWay < UNDER_WAY_MAX) {
      const batch = this.#outbox.take();
      if (batch === undefined) return;
      this.#send(batch);
    }
  }

  /** The receiver has told what it has. */
  hear(standing: Standing): void {
    const before = this.#outbox.bytes;
    if (this.#outbox.acknowledge(standing.handled, standing.limit)) this.#progressed();
    this.#parts.held.bytes += this.#outbox.bytes - before;
    // What has arrived is in no doubt.
    if (this.isIdle) this.#isInDoubt = false;
    if (standing.answers !== 0 && standing.answers === this.#asked) this.#answered(standing.received);
    else if (standing.hasGap && !this.#isInDoubt) this.#rewind(standing.received);
    this.flush();
  }

  /** Time has passed: asks, if it is time to. */
  look(): void {
    const isWaiting = this.#isInDoubt || this.#outbox.sent > this.#outbox.handled;
    if (isWaiting && this.#parts.clock.nowMs() >= this.#askAtMs) this.ask();
  }

  /** Asks the receiver what it has. */
  ask(): void {
    const nowMs = this.#parts.clock.nowMs();
    this.#asked++;
    this.#askedUpTo = this.#outbox.sent;
    this.#askAtMs = nowMs + RETRY_MS;
    const put = (outcome: "added" | "missing"): void => {
      if (outcome === "missing") return;
      this.#askAtMs = nowMs + backoffMs(ASK_AGAIN, this.#questions++, 0);
    };
    // One that was not put is put again.
    this.#parts.post(this.#asked, NOTHING).then(put, () => undefined);
  }

  /** The receiver is gone, or this node ends: everything that is not acknowledged. */
  end(): readonly Uint8Array[] {
    this.#parts.held.bytes -= this.#outbox.bytes;
    return this.#outbox.empty();
  }

  #send(batch: Batch): void {
    this.#underWay++;
    this.#parts.post(0, batch).then(this.#sent, this.#notSent);
  }

  readonly #sent = (outcome: "added" | "missing"): void => {
    if (outcome === "missing") return this.#notSent();
    this.#underWay--;
    this.flush();
  };

  readonly #notSent = (): void => {
    this.#underWay--;
    this.#doubt();
  };

  #doubt(): void {
    if (this.#isInDoubt) return;
    this.#isInDoubt = true;
    this.#askAtMs = this.#parts.clock.nowMs() + RETRY_MS;
  }

  #answered(received: number): void {
    if (this.#isInDoubt || received < this.#askedUpTo) this.#rewind(received);
    this.#isInDoubt = false;
  }

  #rewind(received: number): void {
    this.#parts.counts.resends += this.#outbox.rewind(received);
  }

  #progressed(): void {
    this.#questions = 0;
    this.#askAtMs = this.#parts.clock.nowMs() + QUIET_MS;
  }
}
