import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { CLOSE_CODES } from "../../protocols/client-protocol.ts";
import type { CloseReason } from "../../protocols/client-protocol.ts";
import type { SocketEnd } from "../../protocols/connection.ts";
import { Batch } from "./batch.ts";
import { awaitDrain } from "./drain.ts";
import type { MovedWire } from "./hand-over/moved-connection.ts";
import { canRelease, releaseHandle } from "./hand-over/socket-handle.ts";
import type { Released } from "./hand-over/socket-handle.ts";
import type { Intake } from "./intake.ts";
import { OPCODE, webSocketFrame } from "./web-socket-frame.ts";
import type { DrainListener, Wire } from "./wire.ts";
import { rawSocket, unparsed } from "./ws-internals.ts";
import type { ObservedWebSocket, WebSocketObserver } from "./ws-internals.ts";

/** The longest reason that fits into a close frame (RFC 6455, section 5.5), in bytes. */
const CLOSE_TEXT_BYTES_MAX = 123;

/** With which codes ws closes for a message of too many bytes, or in too many pieces. */
const TOO_LARGE: ReadonlySet<number> = new Set([1008, 1009]);

/** A WebSocket as a wire: ws reads and keeps to the protocol, writes go past it to the raw socket. */
export class WebSocketWire implements Wire, WebSocketObserver {
  readonly #webSocket: ObservedWebSocket;
  readonly #socket: Socket;
  #intake: Intake | undefined = undefined;
  /** Why it ends, as far as this side knows. */
  #end: SocketEnd | undefined = undefined;

  constructor(webSocket: ObservedWebSocket) {
    this.#webSocket = webSocket;
    this.#socket = rawSocket(webSocket);
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  listen(intake: Intake): void {
    this.#intake = intake;
    this.#webSocket.observe(this);
  }

  write(bytes: Buffer): void {
    // Once ws has begun to end the socket, more bytes would be an error.
    if (this.#webSocket.readyState === WebSocket.OPEN) this.#socket.write(bytes);
  }

  awaitDrain(listener: DrainListener): void {
    awaitDrain(this.#socket, listener);
  }

  pauseReading(): void {
    this.#webSocket.pause();
  }

  resumeReading(): void {
    if (this.#webSocket.isPaused) this.#webSocket.resume();
  }

  close(reason: CloseReason, text: string): void {
    const { code } = CLOSE_CODES[reason];
    this.#end ??= { code, text };
    // A client that has stopped reading may never answer the close frame; ws gives up after its close timeout.
    this.#webSocket.resume();
    this.#webSocket.closeWith(code, shortened(text));
  }

  get speech(): MovedWire {
    return { kind: "webSocket", subprotocol: this.#webSocket.protocol };
  }

  get isWhole(): boolean {
    return this.#webSocket.readyState === WebSocket.OPEN && canRelease(this.#socket);
  }

  release(): Released | undefined {
    if (!this.isWhole) return undefined;
    const earlier = unparsed(this.#webSocket);
    this.#intake = undefined;
    const released = releaseHandle(this.#socket);
    return released && { ...released, unread: Buffer.concat([earlier, released.unread]) };
  }

  message(bytes: Buffer, binary: boolean): void {
    this.#intake?.frame(bytes, binary);
  }

  ping(bytes: Buffer): void {
    this.#intake?.control(bytes, Batch.of(webSocketFrame(OPCODE.pong, bytes)));
  }

  pong(bytes: Buffer): void {
    this.#intake?.alive(bytes);
  }

  closed(code: number, text: string): void {
    this.#intake?.ended(this.#end ?? { code, text });
  }

  readEnded(): void {
    this.#intake?.readEnded();
  }

  closeFrameCame(): void {
    // What was sent before goes out before ws's answer, and nothing goes out after it.
    this.#intake?.outlet.flush();
    this.#intake?.outlet.ended();
  }

  protocolBroken(code: number): void {
    if (TOO_LARGE.has(code)) this.#intake?.outlet.close("tooLarge");
    else {
      this.#end ??= { code, text: "the client broke the WebSocket protocol" };
      this.closeFrameCame();
    }
  }
}

/** Cuts a text to what a close frame holds, between two characters. */
function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= CLOSE_TEXT_BYTES_MAX) return text;
  let end = CLOSE_TEXT_BYTES_MAX;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
