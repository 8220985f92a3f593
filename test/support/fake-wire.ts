import type { ServerFrame } from "../../protocols/client-frames.ts";
import type { CloseReason } from "../../protocols/client-protocol.ts";
import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { Door } from "../../runtime/net/door.ts";
import type { Intake } from "../../runtime/net/intake.ts";
import { FlushQueue } from "../../runtime/net/flush-queue.ts";
import { FRAMINGS } from "../../runtime/net/framing.ts";
import type { Released } from "../../runtime/net/hand-over/socket-handle.ts";
import { Outlet } from "../../runtime/net/outlet.ts";
import type { OutletShare } from "../../runtime/net/outlet.ts";
import type { DrainListener, Wire } from "../../runtime/net/wire.ts";
import { tcpJson } from "../../runtime/net/wire-format.ts";
import type { WireFormat } from "../../runtime/net/wire-format.ts";
import { Deadlines } from "../../runtime/time/deadlines.ts";
import { VirtualClock } from "../../runtime/time/virtual-clock.ts";

/** A socket without a network: keeps what is written, and takes it only as fast as the test says. */
export class FakeWire implements Wire {
  /** One buffer for each write. */
  readonly written: Buffer[] = [];
  /** Whether what is written stays in the buffer until `drain`. */
  slow = false;
  bufferedBytes = 0;
  readingPaused = false;
  readonly speech = { kind: "tcp", framing: "line" } as const;
  isWhole = true;
  /** What it gives out when its socket is to leave. */
  released: Released | undefined = undefined;
  closedFor: { readonly reason: CloseReason; readonly text: string } | undefined = undefined;
  #listeners: DrainListener[] = [];

  listen(_intake: Intake): void {}

  write(bytes: Buffer): void {
    if (this.closedFor !== undefined) throw new Error("written after the end");
    this.written.push(bytes);
    if (this.slow) this.bufferedBytes += bytes.length;
  }

  awaitDrain(listener: DrainListener): void {
    this.#listeners.push(listener);
  }

  /** The client takes all that was written so far. Answers whether somebody waited for it. */
  drain(): boolean {
    this.bufferedBytes = 0;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener.drained();
    return listeners.length > 0;
  }

  /** The client keeps up again: takes all there is, also what is written meanwhile. */
  drainAll(): void {
    this.slow = false;
    while (this.drain());
  }

  release(): Released | undefined {
    this.isWhole = false;
    return this.released;
  }

  pauseReading(): void {
    this.readingPaused = true;
  }

  resumeReading(): void {
    this.readingPaused = false;
  }

  close(reason: CloseReason, text: string): void {
    if (this.closedFor !== undefined) throw new Error("closed twice");
    this.closedFor = { reason, text };
  }

  get bytes(): Buffer {
    return Buffer.concat(this.written);
  }

  /** What was written, as frames of a line format; a text that is no JSON stays a text. */
  get frames(): unknown[] {
    return this.bytes.toString().split("\n").slice(0, -1).map(frameOrText);
  }
}

function frameOrText(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

/** A line format that counts how often it encodes. */
export class CountingFormat implements WireFormat {
  readonly name: string;
  encoded = 0;
  readonly #lines = tcpJson(FRAMINGS.line);

  constructor(name = "counting") {
    this.name = name;
  }

  frame(frame: ServerFrame): Buffer {
    this.encoded++;
    return this.#lines.frame(frame);
  }

  text(text: string): Buffer {
    this.encoded++;
    return this.#lines.text(text);
  }

  ping(): Buffer | undefined {
    return Buffer.from("ping\n");
  }
}

/** The send paths of some clients on virtual time, whose turns of the loop end when the test says so. */
export class SendPaths {
  readonly clock = new VirtualClock();
  readonly format = new CountingFormat();
  readonly share: OutletShare;
  /** How many ends of turns were asked for and are still to come. */
  turnEnds: (() => void)[] = [];
  /** What connections were told by the send path itself. */
  readonly told: TaggedMessage[] = [];

  constructor(outboundBytes = 262_144) {
    const flushes = new FlushQueue((task) => void this.turnEnds.push(task));
    const tell: Door["tell"] = (_to, message) => {
      this.told.push(message);
      return "accepted";
    };
    const door = { clock: this.clock, tell, hold: () => this.clock.nowMs(), pump: () => {} };
    this.share = { door, flushes, deadlines: new Deadlines(this.clock), outboundBytes };
  }

  /** One more client. */
  open(
    address = "client",
    format: WireFormat = this.format,
  ): { readonly wire: FakeWire; readonly outlet: Outlet } {
    const wire = new FakeWire();
    return { wire, outlet: new Outlet({ address, wire, format, share: this.share }) };
  }

  /** A client that takes nothing: one word fills its socket, and everything later waits. */
  openSlow(
    address = "slow",
    format: WireFormat = this.format,
  ): { readonly wire: FakeWire; readonly outlet: Outlet } {
    const client = this.open(address, format);
    client.wire.slow = true;
    client.outlet.sendText("full");
    this.endTurn();
    client.wire.written.length = 0;
    return client;
  }

  endTurn(): void {
    const tasks = this.turnEnds;
    this.turnEnds = [];
    for (const task of tasks) task();
  }
}
