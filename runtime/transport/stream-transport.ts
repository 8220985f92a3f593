import type { Verdict } from "../actor/actor-ref.ts";
import { Fault } from "../fault.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Cancel, Clock } from "../time/clock.ts";
import { Adoptions } from "./adoptions.ts";
import { Incoming } from "./incoming.ts";
import { writeFrame } from "./inbox-frame.ts";
import { InboxReader } from "./inbox-reader.ts";
import type { Inboxes, Topics } from "./inboxes.ts";
import { Outgoing } from "./outgoing.ts";
import { PARCEL_BYTES_MAX } from "./outbox.ts";
import type { Batch } from "./outbox.ts";
import { Quarantine } from "./quarantine.ts";
import type { QuarantinedEntry } from "./quarantine.ts";
import { noCounts } from "./transport-counts.ts";
import type { TransportCounts } from "./transport-counts.ts";
import type { Transport, TransportReceiver } from "./transport.ts";

/** What a transport over inboxes is made of. */
export interface StreamTransportParts {
  readonly incarnation: string;
  readonly inboxes: Inboxes;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether it takes over what dead nodes have left, as it does unless told otherwise: not for a process that only sends. */
  readonly adopts?: boolean;
}

/** So many parcels leave before their turn ends: the receivers work on them while the rest comes. */
export const SEND_AT = 128;
/** What is handled is told to its sender, and trimmed, within this time. */
const TELL_WITHIN_MS = 20;
/** How long an end waits for acknowledgements, and for what is being handled. */
const CLOSE_WITHIN_MS = 2000;
const LOOK_AT_END_MS = 10;
const NOTHING: Batch = { first: 0, parcels: [] };

/** A transport over one inbox for each incarnation of a node. What is sent to a node in one turn of the program goes as one frame, or as few when it is much. */
export class StreamTransport implements Transport {
  readonly incarnation: string;
  readonly counts: Readonly<TransportCounts>;
  readonly #counts: TransportCounts = noCounts();
  readonly #parts: StreamTransportParts;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #reader: InboxReader;
  readonly #adoptions: Adoptions;
  readonly #quarantine: Quarantine;
  #receiver: TransportReceiver | undefined = undefined;
  #isFlushing = false;
  /** Parcels that were taken since the last flush. */
  #unsent = 0;
  #cancelTell: Cancel | undefined = undefined;
  #isClosed = false;

  private constructor(parts: StreamTransportParts) {
    const { incarnation, inboxes, clock, log } = parts;
    const counts = this.#counts;
    this.#parts = parts;
    this.incarnation = incarnation;
    this.counts = counts;
    const quarantine = new Quarantine(clock, log);
    const receiver = (): TransportReceiver => this.#listening();
    this.#quarantine = quarantine;
    this.#outgoing = new Outgoing({ clock, counts, post: (to, asks, batch) => this.#post(to, asks, batch) });
    this.#incoming = new Incoming({
      counts,
      log,
      receiver,
      owe: (isDue) => this.#owe(isDue),
      tell: (to) => void this.#post(to, 0, NOTHING).catch(() => undefined),
    });
    this.#reader = new InboxReader({
      inboxes,
      clock,
      log,
      counts,
      quarantine,
      take: (frame) => {
        this.#outgoing.hear(frame.from, frame.standing);
        return this.#incoming.take(frame);
      },
      onReadBegan: () => this.#listening().readBegan?.(),
      onReadEnded: () => this.#listening().readEnded?.(),
      onHandled: () => this.#owe(false),
      onAdopted: () => void this.close(),
    });
    const isEnded = (who: string): boolean => this.#outgoing.isEnded(who);
    this.#adoptions = new Adoptions({ inboxes, clock, log, counts, quarantine, receiver, isEnded });
  }

  /** Makes the inbox of this incarnation. @throws Fault of the store */
  static async open(parts: StreamTransportParts): Promise<StreamTransport> {
    if ((await parts.inboxes.open()) === "open") return new StreamTransport(parts);
    throw new Error(`the incarnation ${parts.incarnation} was taken for dead before`);
  }

  /** What came and could not be read, the latest. */
  get quarantined(): readonly QuarantinedEntry[] {
    return this.#quarantine.entries;
  }

  /** What waits to be acknowledged, by receiver. */
  get kept(): ReadonlyMap<string, { readonly parcels: number; readonly bytes: number }> {
    return this.#outgoing.kept;
  }

  send(to: string, parcel: Uint8Array): Verdict {
    if (parcel.length > PARCEL_BYTES_MAX) {
      throw new Fault("parcelTooLarge", { to, bytes: parcel.length, max: PARCEL_BYTES_MAX });
    }
    if (this.#isClosed || this.#outgoing.isEnded(to)) return "gone";
    if (!this.#outgoing.offer(to, parcel)) {
      this.#counts.busy++;
      return "busy";
    }
    if (++this.#unsent < SEND_AT) this.#flushSoon();
    else this.#flush();
    return "accepted";
  }

  listen(receiver: TransportReceiver): void {
    if (this.#receiver !== undefined) throw new Error("a transport has one receiver");
    this.#receiver = receiver;
    this.#reader.start();
  }

  publish(topic: string, bytes: Uint8Array): void {
    const counts = this.#counts;
    if (this.#isClosed) return void counts.publicationsLost++;
    void this.#parts.topics.publish(topic, bytes).then((isSent) => {
      if (isSent) counts.publicationsSent++;
      else counts.publicationsLost++;
    });
  }

  subscribe(topic: string, listener: (bytes: Uint8Array) => void): Cancel {
    return this.#parts.topics.subscribe(topic, (bytes) => {
      this.#counts.publicationsHeard++;
      listener(bytes);
    });
  }

  peerEnded(incarnation: string): void {
    if (this.#isClosed || this.#outgoing.isEnded(incarnation)) return;
    this.#incoming.end(incarnation);
    this.#return(incarnation, this.#outgoing.end(incarnation));
    if (incarnation !== this.incarnation && this.#parts.adopts !== false) this.#adoptions.ended(incarnation);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { inboxes, topics } = this.#parts;
    this.#adoptions.close();
    this.#flush();
    this.#outgoing.askAll();
    await this.#until(() => this.#outgoing.isIdle);
    this.#reader.stop();
    await this.#until(() => this.#reader.isIdle);
    this.#tell();
    for (const [to, parcels] of this.#outgoing.close()) this.#return(to, parcels);
    this.#cancelTell?.();
    await inboxes.leave().catch(() => undefined);
    await Promise.all([inboxes.close(), topics.close()]);
  }

  #listening(): TransportReceiver {
    if (this.#receiver === undefined) throw new Error("nobody listens to this transport yet");
    return this.#receiver;
  }

  #return(to: string, parcels: readonly Uint8Array[]): void {
    if (parcels.length === 0) return;
    this.#counts.returned += parcels.length;
    this.#receiver?.returned(to, parcels);
  }

  #post(to: string, asks: number, { first, parcels }: Batch): Promise<"added" | "missing"> {
    const standing = this.#incoming.standing(to);
    const frame = writeFrame({ from: this.incarnation, standing, asks, first, parcels });
    this.#counts.framesSent++;
    this.#counts.parcelsSent += parcels.length;
    this.#counts.bytesSent += frame.length;
    return this.#parts.inboxes.add(to, frame);
  }

  #owe(isDue: boolean): void {
    if (isDue) this.#flushSoon();
    else this.#cancelTell ??= this.#parts.clock.after(TELL_WITHIN_MS, this.#tell);
  }

  readonly #tell = (): void => {
    this.#cancelTell = undefined;
    this.#incoming.tell("all");
    void this.#reader.trim();
  };

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isFlushing = false;
    this.#unsent = 0;
    // Parcels first: what is to be told goes along with them.
    this.#outgoing.flush();
    this.#incoming.tell("due");
  };

  /** Waits until something is so, but not for ever. */
  async #until(isSo: () => boolean): Promise<void> {
    for (let leftMs = CLOSE_WITHIN_MS; !isSo() && leftMs > 0; leftMs -= LOOK_AT_END_MS) {
      await new Promise<void>((resolve) => void this.#parts.clock.after(LOOK_AT_END_MS, resolve));
    }
  }
}
