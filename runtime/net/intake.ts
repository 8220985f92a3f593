import type { ConnectionProtocol, FrameRefusal, SocketEnd } from "../../protocols/connection.ts";
import type { Traffic } from "../../protocols/listener.ts";
import type { OutletAccount } from "../../protocols/outlet.ts";
import type { Tell } from "../../protocols/protocol.ts";
import { Batch } from "./batch.ts";
import type { ReadFrame } from "./dialect.ts";
import type { Door } from "./door.ts";
import type { MovedTraffic } from "./hand-over/moved-connection.ts";
import type { Outlet } from "./outlet.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Rate } from "./token-bucket.ts";

/** When a client whose frame found a full mailbox may try again, and when its end is told again, in milliseconds. */
const BUSY_RETRY_MS = 100;

/** What the intake of one socket is made of. */
export interface IntakeParts {
  readonly door: Door;
  readonly outlet: Outlet;
  readonly read: ReadFrame;
  readonly rate: Rate;
  /** Called once when the socket is closed, or has left for another process. */
  readonly onLeft?: (intake: Intake) => void;
  /** What has come so far, where another process had the socket before. */
  readonly before?: MovedIntake;
}

/** What an intake takes along into another process. */
export type MovedIntake = Pick<MovedTraffic, "bytesIn" | "framesIn" | "credit">;

/** The receiving path of one socket: counts, decodes and checks each frame, and hands it to the connection's actor. */
export class Intake implements Traffic {
  readonly outlet: Outlet;
  readonly #door: Door;
  readonly #read: ReadFrame;
  readonly #rate: Rate;
  readonly #bucket: TokenBucket;
  readonly #onLeft: ((intake: Intake) => void) | undefined;
  #isReading = false;
  /** When the read began whose frames come now, in whole milliseconds: what is no fraction is not boxed. */
  #readAtMs = 0;
  #bytesIn = 0;
  #framesIn = 0;

  constructor(parts: IntakeParts) {
    this.outlet = parts.outlet;
    this.#door = parts.door;
    this.#read = parts.read;
    this.#rate = parts.rate;
    this.#bucket = new TokenBucket(parts.rate, Math.trunc(parts.door.clock.nowMs()));
    this.#onLeft = parts.onLeft;
    if (parts.before !== undefined) this.#goOnFrom(parts.before);
  }

  /** How many frames have come. */
  get framesIn(): number {
    return this.#framesIn;
  }

  /** Takes one frame. What it causes is under way when `readEnded` returns. */
  frame(bytes: Buffer, binary: boolean): void {
    const retryAfterMs = this.#count(bytes);
    const message = this.#read(bytes, binary);
    this.#tell(retryAfterMs === 0 ? message : this.#tooFast(message, retryAfterMs));
  }

  /** Takes a frame that the wire answers by itself, such as a ping: it costs the client as much as any other. */
  control(bytes: Buffer, answer: Batch): void {
    const retryAfterMs = this.#count(bytes);
    if (retryAfterMs > 0) this.#tell(this.#tooFast(undefined, retryAfterMs));
    else if (!this.outlet.closed) this.outlet.append(answer);
  }

  /** The client has answered a ping of the wire. */
  alive(bytes: Buffer): void {
    const retryAfterMs = this.#count(bytes);
    this.#tell(retryAfterMs === 0 ? { kind: "alive" } : this.#tooFast(undefined, retryAfterMs));
  }

  /** The read is over: lets the actors work, and their answers leave. */
  readEnded(): void {
    this.#isReading = false;
    this.#door.pump();
    this.outlet.share.flushes.readEnded(this.outlet);
  }

  /** The socket is closed. */
  ended(end: SocketEnd): void {
    this.outlet.ended();
    this.#onLeft?.(this);
    this.#tellEnd(end);
    // A socket that breaks may hand over what it still held, and no read ends after that.
    this.readEnded();
  }

  /** Nothing more comes this way: the socket leaves for another process. */
  leave(): MovedIntake {
    this.#onLeft?.(this);
    return { bytesIn: this.#bytesIn, framesIn: this.#framesIn, credit: this.#bucket.credit };
  }

  #goOnFrom({ bytesIn, framesIn, credit }: MovedIntake): void {
    this.#bytesIn = bytesIn;
    this.#framesIn = framesIn;
    this.#bucket.adopt(credit);
  }

  /** What has passed through the socket. */
  account(): OutletAccount {
    return { bytesIn: this.#bytesIn, framesIn: this.#framesIn, ...this.outlet.account() };
  }

  /** Counts a frame. Answers 0, or when the client's rate allows the next one, in milliseconds. */
  #count(bytes: Buffer): number {
    this.#framesIn++;
    this.#bytesIn += bytes.length;
    if (!this.#isReading) this.#beginRead();
    return this.#bucket.take(this.#readAtMs);
  }

  #beginRead(): void {
    this.#isReading = true;
    this.outlet.share.flushes.readBegan();
    this.#readAtMs = Math.trunc(this.#door.hold());
  }

  #tell(message: Tell<ConnectionProtocol>): void {
    const { connection } = this.outlet;
    if (connection === undefined || this.outlet.closed) return;
    const verdict = this.#door.tell(connection, message);
    if (verdict === "busy") this.outlet.send({ kind: "refused", ...idOf(message), ...BUSY });
    else if (verdict === "gone") this.outlet.close("internalError");
  }

  #tellEnd(end: SocketEnd): void {
    const { connection } = this.outlet;
    if (connection === undefined) return;
    // Nobody else tells the actor that its client is gone, so a full mailbox only delays it.
    if (this.#door.tell(connection, { kind: "closed", end }) === "busy") {
      this.#door.clock.after(BUSY_RETRY_MS, () => this.#tellEnd(end));
    }
  }

  #tooFast(message: Tell<ConnectionProtocol> | undefined, retryAfterMs: number): Tell<ConnectionProtocol> {
    const text = `at most ${this.#rate.messagesPerSecond} frames a second, ${this.#rate.burst} at once`;
    return { kind: "tooFast", refusal: { ...idOf(message), code: "tooFast", text, retryAfterMs } };
  }
}

const BUSY = {
  code: "busy",
  text: "too many frames wait for their answer",
  retryAfterMs: BUSY_RETRY_MS,
} as const;

function idOf(message: Tell<ConnectionProtocol> | undefined): Pick<FrameRefusal, "id"> {
  if (message?.kind === "malformed") {
    return message.refusal.id === undefined ? {} : { id: message.refusal.id };
  }
  return message?.kind === "frame" && "id" in message.frame ? { id: message.frame.id } : {};
}
