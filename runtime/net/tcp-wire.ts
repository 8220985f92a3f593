import type { Socket } from "node:net";
import { CLOSE_CODES } from "../../protocols/client-protocol.ts";
import type { CloseReason } from "../../protocols/client-protocol.ts";
import type { SocketEnd } from "../../protocols/connection.ts";
import { awaitDrain } from "./drain.ts";
import { FrameStream } from "./frame-stream.ts";
import type { Framing } from "./framing.ts";
import type { MovedWire } from "./hand-over/moved-connection.ts";
import { canRelease, releaseHandle } from "./hand-over/socket-handle.ts";
import type { Released } from "./hand-over/socket-handle.ts";
import type { Intake } from "./intake.ts";
import type { WireFormat } from "./wire-format.ts";
import type { DrainListener, Wire } from "./wire.ts";

/** How long a client may take to read what was sent before the end, in milliseconds. */
const CLOSE_TIMEOUT_MS = 5_000;
/** How long a client that has ended its side may still get answers, in milliseconds without any. */
const LINGER_MS = 500;
/** What a connection reports that its client has ended by itself; the same number as over WebSocket. */
const CLIENT_ENDED: SocketEnd = { code: 1000, text: "" };
const CLIENT_VANISHED: SocketEnd = { code: 1006, text: "" };
const HALF_FRAME = {
  kind: "refused",
  code: "halfFrame",
  text: "the connection ended in the middle of a frame",
} as const;

/** What frames look like on a TCP connection. */
export interface TcpShape {
  readonly framing: Framing;
  readonly format: WireFormat;
  readonly frameBytes: number;
}

/** A TCP connection as a wire. TCP has no close codes: a last `refused` frame says why the gateway ends it. */
export class TcpWire implements Wire {
  readonly #socket: Socket;
  readonly #shape: TcpShape;
  readonly #frames: FrameStream;
  #intake: Intake | undefined = undefined;
  #end: SocketEnd | undefined = undefined;

  constructor(socket: Socket, shape: TcpShape) {
    this.#socket = socket;
    this.#shape = shape;
    this.#frames = new FrameStream(shape.framing, shape.frameBytes);
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  listen(intake: Intake): void {
    this.#intake = intake;
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#socket.on("end", () => this.#clientEnded());
    // An error is always followed by `close`.
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#intake?.ended(this.#end ?? CLIENT_VANISHED));
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  awaitDrain(listener: DrainListener): void {
    awaitDrain(this.#socket, listener);
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  close(reason: CloseReason, text: string): void {
    // A client that ended first is told nothing: it has all its answers.
    if (this.#end !== undefined) this.#socket.end();
    else this.#socket.end(this.#shape.format.frame({ kind: "refused", code: reason, text }));
    this.#end ??= { code: CLOSE_CODES[reason].code, text };
    this.#socket.resume();
    this.#socket.setTimeout(CLOSE_TIMEOUT_MS, () => this.#socket.destroy());
  }

  get speech(): MovedWire {
    return { kind: "tcp", framing: this.#shape.framing.name };
  }

  get isWhole(): boolean {
    return this.#end === undefined && canRelease(this.#socket);
  }

  release(): Released | undefined {
    if (!this.isWhole) return undefined;
    this.#intake = undefined;
    const released = releaseHandle(this.#socket);
    return released && { ...released, unread: Buffer.concat([this.#frames.takeWaiting(), released.unread]) };
  }

  #read(chunk: Buffer): void {
    const intake = this.#intake;
    if (intake === undefined || this.#end !== undefined) return;
    const refusal = this.#frames.push(chunk, (frame) => intake.frame(frame, false));
    intake.readEnded();
    if (refusal !== undefined) intake.outlet.close("tooLarge", refusal);
  }

  /** The client writes no more; what it asked for is still answered before the socket closes. */
  #clientEnded(): void {
    if (this.#end !== undefined) return;
    this.#end = CLIENT_ENDED;
    if (this.#frames.waitingBytes > 0) this.#intake?.outlet.send(HALF_FRAME);
    this.#socket.setTimeout(LINGER_MS, () => this.#intake?.outlet.close("goingAway"));
  }
}
