import { CLOSE_CODES } from "../../protocols/client-protocol.ts";
import type { CloseReason } from "../../protocols/client-protocol.ts";
import type { ServerFrame, ServerFrames } from "../../protocols/client-frames.ts";
import type { ConnectionProtocol } from "../../protocols/connection.ts";
import type { OutletAccount, OutletProtocol } from "../../protocols/outlet.ts";
import type { TaggedMessage, TellKind, TellMessage } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { Deadlines } from "../time/deadlines.ts";
import { Batch } from "./batch.ts";
import type { Channel } from "./channel.ts";
import { Congestion } from "./congestion.ts";
import type { Door } from "./door.ts";
import type { FlushQueue, Flushable } from "./flush-queue.ts";
import type { MovedTraffic } from "./hand-over/moved-connection.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { Issue, Membership } from "./membership.ts";
import { receive } from "./receive.ts";
import type { Wire } from "./wire.ts";
import type { WireFormat } from "./wire-format.ts";

/** What is collected for one socket in a turn is written early when it exceeds this, in bytes. */
const BATCH_BYTES_MAX = 65_536;

/** What all sockets of a gateway share. */
export interface OutletShare {
  readonly door: Door;
  readonly flushes: FlushQueue;
  readonly deadlines: Deadlines;
  /** How much may wait for a slow reader, in bytes. */
  readonly outboundBytes: number;
}

/** What one socket is made of. */
export interface OutletParts {
  readonly address: string;
  readonly wire: Wire;
  readonly format: WireFormat;
  readonly share: OutletShare;
  /** What has gone out so far, where another process had the socket before. */
  readonly before?: MovedOutlet;
}

/** What an outlet takes along into another process. */
export type MovedOutlet = Pick<MovedTraffic, "bytesOut" | "framesOut" | "drops">;

/** What an outlet leaves behind that another process is to send. */
export interface Unsent {
  /** What was written last, of which the operating system may not have taken all; empty when it has taken everything. */
  readonly latest: Buffer;
  /** What comes after that. */
  readonly pieces: readonly Buffer[];
  readonly passed: MovedOutlet;
}

/** The send path of one socket: collects what is sent in a turn of the loop and writes it at once. */
export class Outlet extends ActorRef<OutletProtocol> implements Flushable {
  readonly address: string;
  readonly wire: Wire;
  readonly format: WireFormat;
  readonly share: OutletShare;
  #connection: Reference<ConnectionProtocol> | undefined = undefined;
  #heartbeat: Heartbeat | undefined = undefined;
  #closed = false;
  /** Whether nothing is read because the socket is about to leave for another process. */
  #isResting = false;
  #pending: Batch | undefined = undefined;
  /** Whether it stands in the flush queue. */
  #queued = false;
  #congestion: Congestion | undefined = undefined;
  /** A plain array: a client has few subscriptions, and there is one for each of very many sockets. */
  #memberships: Membership[] | undefined = undefined;
  /** The drops of subscriptions that have ended. */
  #pastDrops: Map<string, number> | undefined = undefined;
  #bytesOut = 0;
  #framesOut = 0;

  constructor(parts: OutletParts) {
    super();
    this.address = parts.address;
    this.wire = parts.wire;
    this.format = parts.format;
    this.share = parts.share;
    if (parts.before !== undefined) this.#goOnFrom(parts.before);
  }

  #goOnFrom({ bytesOut, framesOut, drops }: MovedOutlet): void {
    this.#bytesOut = bytesOut;
    this.#framesOut = framesOut;
    this.#pastDrops = new Map(Object.entries(drops));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Who takes what the client says; undefined until `open`. */
  get connection(): Reference<ConnectionProtocol> | undefined {
    return this.#connection;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return this.#closed ? "gone" : receive(this, TELLS, message, ask);
  }

  open(connection: Reference<ConnectionProtocol>): void {
    this.#connection = connection;
    if (this.#congestion?.readingPaused !== true) this.resumeReading();
  }

  /** Reminds the connection to look for a sign of life, first in `firstMs`. */
  expectSigns(firstMs: number, everyMs: number): void {
    this.#heartbeat?.cancel();
    this.#heartbeat = new Heartbeat(this, firstMs, everyMs);
  }

  send(frame: ServerFrame): void {
    if (!this.#closed) this.append(Batch.of(this.format.frame(frame)));
  }

  sendText(text: string): void {
    if (!this.#closed) this.append(Batch.of(this.format.text(text)));
  }

  ping(): void {
    const bytes = this.format.ping();
    if (bytes !== undefined && !this.#closed) this.append(Batch.of(bytes));
  }

  /** Takes an encoded answer. */
  append(single: Batch): void {
    if (this.#congestion === undefined) this.#collect(single);
    else this.#congestion.hold(single);
  }

  /** Takes a publication of a channel that this socket is subscribed to. */
  issue(issue: Issue, member: Membership): void {
    if (this.#congestion === undefined) this.#collect(issue.single);
    else this.#congestion.holdBack(issue, member);
  }

  flush(): void {
    this.#queued = false;
    this.#writePending();
  }

  /** Hands bytes to the wire, past everything that waits. */
  write(batch: Batch): void {
    this.#bytesOut += batch.byteLength;
    this.#framesOut += batch.frames;
    this.wire.write(batch.join());
  }

  /** The operating system has taken all that was written. */
  drained(): void {
    if (this.#congestion === undefined || !this.#congestion.advance()) return;
    this.#congestion.end();
    this.#congestion = undefined;
    this.#memberships?.forEach((member) => this.#tellSkipped(member));
  }

  /** Sends what is pending, then ends the connection. */
  close(reason: CloseReason, text: string = CLOSE_CODES[reason].advice): void {
    if (this.#closed) return;
    this.#writePending();
    this.#congestion?.writeAll();
    this.ended();
    this.wire.close(reason, text);
  }

  /** Nothing can be sent any more: leaves all channels and forgets what waits. */
  ended(): void {
    this.#closed = true;
    this.#heartbeat?.cancel();
    this.#heartbeat = undefined;
    this.#pending = undefined;
    this.#congestion?.cancel();
    this.#congestion = undefined;
    this.#memberships?.toReversed().forEach((member) => member.end());
  }

  /** Reads nothing more, whatever happens, until `goOnReading`: the socket is about to leave for another process. */
  restReading(): void {
    this.#isResting = true;
    this.wire.pauseReading();
  }

  /** The socket stays. */
  goOnReading(): void {
    this.#isResting = false;
    if (this.#congestion?.readingPaused !== true) this.wire.resumeReading();
  }

  /** The client has caught up, or its connection is there: it is heard. */
  resumeReading(): void {
    if (!this.#isResting) this.wire.resumeReading();
  }

  /** Sends nothing any more, and gives out what it owes: another process goes on with the socket. */
  takeUnsent(): Unsent {
    this.#writePending();
    for (const { skipped } of this.#memberships ?? []) {
      // Said now, it is said before anything that the client gets from there.
      if (skipped !== undefined) this.#congestion?.keep(this.format.frame(skippedFrame(skipped)));
    }
    const { latest, pieces } = this.#congestion?.takeAll() ?? { latest: NOTHING, pieces: [] };
    const { bytesOut, framesOut, drops } = this.account();
    this.ended();
    return { latest, pieces, passed: { bytesOut, framesOut, drops } };
  }

  /** Sends what another process had left to send, before anything else. */
  sendFirst(latest: Buffer, pieces: readonly Buffer[]): void {
    if (latest.length > 0) this.wire.write(latest);
    if (this.wire.bufferedBytes === 0 && pieces.length === 0) return;
    const congestion = (this.#congestion = new Congestion(this, latest));
    for (const piece of pieces) congestion.keep(piece);
  }

  membershipIn(channel: Channel): Membership | undefined {
    return this.#memberships?.find((member) => member.roster.channel === channel);
  }

  remember(member: Membership): void {
    // A push onto an empty array makes room for sixteen more.
    if (this.#memberships === undefined) this.#memberships = [member];
    else this.#memberships.push(member);
  }

  forget(member: Membership): void {
    this.#memberships?.splice(this.#memberships.indexOf(member), 1);
    if (member.drops === 0) return;
    const { address } = member.roster.channel;
    this.#pastDrops ??= new Map();
    this.#pastDrops.set(address, (this.#pastDrops.get(address) ?? 0) + member.drops);
  }

  /** What has passed, what waits, and what was dropped. */
  account(): Omit<OutletAccount, "bytesIn" | "framesIn"> {
    const memberships = this.#memberships ?? [];
    const drops = new Map(this.#pastDrops);
    for (const { drops: dropped, roster } of memberships) {
      if (dropped > 0) drops.set(roster.channel.address, (drops.get(roster.channel.address) ?? 0) + dropped);
    }
    return {
      bytesOut: this.#bytesOut,
      framesOut: this.#framesOut,
      bufferedBytes:
        (this.#pending?.byteLength ?? 0) + (this.#congestion?.byteLength ?? 0) + this.wire.bufferedBytes,
      state: this.#state,
      readingPaused: this.#congestion?.readingPaused ?? false,
      drops: Object.fromEntries(drops),
      policies: Object.fromEntries(
        memberships.map(({ roster }) => [roster.channel.address, roster.channel.policy]),
      ),
    };
  }

  get #state(): OutletAccount["state"] {
    if (this.#closed) return "closed";
    return this.#congestion === undefined ? "open" : "congested";
  }

  #collect(single: Batch): void {
    if (this.#pending === undefined) {
      this.#pending = single;
      if (this.#queued) return;
      this.#queued = true;
      this.share.flushes.add(this);
      return;
    }
    this.#pending = this.#pending.with(single);
    if (this.#pending.byteLength > BATCH_BYTES_MAX) this.#writePending();
  }

  #writePending(): void {
    const batch = this.#pending;
    if (batch === undefined) return;
    this.#pending = undefined;
    this.write(batch);
    if (this.wire.bufferedBytes > 0) this.#congestion ??= new Congestion(this, batch.join());
  }

  #tellSkipped(member: Membership): void {
    const latest = member.skipped;
    member.waiting = member.skipped = undefined;
    if (latest !== undefined) this.send(skippedFrame(latest));
  }
}

function skippedFrame({ room, offset }: ServerFrames["publication"]): ServerFrame {
  return { kind: "skipped", room, offset };
}

const NOTHING = Buffer.alloc(0);

const TELLS: {
  readonly [K in TellKind<OutletProtocol>]: (outlet: Outlet, message: TellMessage<OutletProtocol, K>) => void;
} = {
  open: (outlet, { connection }) => outlet.open(connection),
  restReading: (outlet) => outlet.restReading(),
  expectSigns: (outlet, { firstMs, everyMs }) => outlet.expectSigns(firstMs, everyMs),
  send: (outlet, { frame }) => outlet.send(frame),
  sendText: (outlet, { text }) => outlet.sendText(text),
  ping: (outlet) => outlet.ping(),
  close: (outlet, { reason, text }) => outlet.close(reason, text),
};
