import type { Logger } from "../telemetry/logger.ts";
import { Arrivals, NOTHING_ARRIVED } from "./arrivals.ts";
import type { InboxFrame, Standing } from "./inbox-frame.ts";
import type { TransportCounts } from "./transport-counts.ts";
import type { TransportReceiver } from "./transport.ts";

/** What the receiving side of a transport works with. */
export interface IncomingParts {
  readonly counts: TransportCounts;
  readonly log: Logger;
  readonly receiver: () => TransportReceiver;
  /** There is something to tell to a sender: now, or soon. */
  readonly owe: (isDue: boolean) => void;
  /** Puts what a sender is to know into its inbox. */
  readonly tell: (to: string) => void;
}

/** Parcels that are being handled. */
export interface Handling {
  readonly ended: Promise<void>;
  /** Counts them as handled, though they are not. */
  readonly giveUp: () => void;
}

/** Senders that are remembered; what comes from another one is not taken. */
const SENDERS_MAX = 4096;
/** Dead senders that are remembered, the latest: something of them may still lie in the inbox. */
const ENDED_MAX = 1000;

/** The receiving side: takes each parcel once and in order, and knows what is to be told to each sender. */
export class Incoming {
  readonly #parts: IncomingParts;
  readonly #senders = new Map<string, Arrivals>();
  readonly #ended = new Set<string>();
  /** Those who are to be told something. */
  readonly #owed = new Set<string>();

  constructor(parts: IncomingParts) {
    this.#parts = parts;
  }

  /** Takes what a frame brings; undefined when it is handled already. */
  take(frame: InboxFrame): Handling | undefined {
    const arrivals = this.#arrivalsOf(frame.from);
    if (arrivals === undefined) {
      this.#parts.counts.gaps++;
      return undefined;
    }
    if (frame.asks !== 0) arrivals.asked(frame.asks);
    const handled = frame.parcels.length > 0 ? this.#takeParcels(frame, arrivals) : undefined;
    this.#owe(frame.from, arrivals);
    return handled;
  }

  /** What goes with a frame to `to`: it counts as told. */
  standing(to: string): Standing {
    this.#owed.delete(to);
    return this.#senders.get(to)?.tell() ?? NOTHING_ARRIVED;
  }

  /** Tells those who wait for it, or all who are owed something. */
  tell(whom: "due" | "all"): void {
    for (const to of this.#owed) {
      if (whom === "all" || this.#senders.get(to)?.isDue === true) this.#parts.tell(to);
    }
  }

  /** A sender is dead: nobody is there to be told anything. */
  end(incarnation: string): void {
    this.#owed.delete(incarnation);
    this.#ended.add(incarnation);
    const [oldest] = this.#ended;
    if (this.#ended.size <= ENDED_MAX || oldest === undefined) return;
    this.#ended.delete(oldest);
    this.#senders.delete(oldest);
  }

  #arrivalsOf(from: string): Arrivals | undefined {
    const known = this.#senders.get(from);
    if (known !== undefined || this.#senders.size >= SENDERS_MAX) return known;
    const arrivals = new Arrivals();
    this.#senders.set(from, arrivals);
    return arrivals;
  }

  #takeParcels(frame: InboxFrame, arrivals: Arrivals): Handling | undefined {
    const { counts } = this.#parts;
    const known = arrivals.take(frame.first, frame.parcels.length);
    if (known === "gap") {
      counts.gaps++;
      return undefined;
    }
    counts.duplicates += known;
    counts.parcelsReceived += frame.parcels.length - known;
    if (known === frame.parcels.length) return undefined;
    const begun = arrivals.begin();
    const handled = this.#handle(frame, known);
    if (handled === undefined) {
      arrivals.settle(begun);
      return undefined;
    }
    const settle = (): void => {
      arrivals.settle(begun);
      this.#owe(frame.from, arrivals);
    };
    return { ended: handled.then(settle), giveUp: settle };
  }

  /** A parcel whose handling fails is handled all the same: to bring it again would fail again. */
  #handle({ from, parcels }: InboxFrame, known: number): Promise<void> | undefined {
    const receiver = this.#parts.receiver();
    let pending: Promise<unknown>[] | undefined;
    for (const parcel of known === 0 ? parcels : parcels.slice(known)) {
      try {
        const handled = receiver.receive(from, parcel);
        if (handled !== undefined) {
          (pending ??= []).push(handled.catch((error: unknown) => this.#failed(from, error)));
        }
      } catch (error) {
        this.#failed(from, error);
      }
    }
    return pending && Promise.all(pending).then(() => undefined);
  }

  #failed(from: string, error: unknown): void {
    this.#parts.log.error("transport.receiverFailed", { from, err: error });
  }

  #owe(from: string, arrivals: Arrivals): void {
    if (!arrivals.isOwed || this.#ended.has(from)) return;
    this.#owed.add(from);
    this.#parts.owe(arrivals.isDue);
  }
}
