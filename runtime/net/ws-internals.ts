import type { Socket } from "node:net";
import { Writable } from "node:stream";
import { WebSocket } from "ws";

/** Hears what ws does with one WebSocket, at the moment at which it does it. */
export interface WebSocketObserver {
  message(bytes: Buffer, binary: boolean): void;
  ping(bytes: Buffer): void;
  pong(bytes: Buffer): void;
  /** All messages that one read completed have been told. */
  readEnded(): void;
  /** The client's close frame has come; ws is about to answer it. */
  closeFrameCame(): void;
  /** The client has broken the protocol; ws is about to close with this code, unless it is closed with another first. */
  protocolBroken(code: number): void;
  /** It is over. */
  closed(code: number, text: string): void;
}

const OBSERVER = Symbol("observer");

interface Inside {
  readonly _socket: Socket;
  readonly _receiver: Writable & { [OBSERVER]: WebSocketObserver };
  readonly _closeFrameReceived: boolean;
}

/**
 * The socket under a WebSocket. ws parses and conforms; what is sent is written past it, straight to this socket.
 * ws itself writes only its answer to the handshake, and one close frame.
 *
 * This file is all that the system takes from inside ws; a contract test fails when a new version does any of it differently.
 */
export function rawSocket(webSocket: WebSocket): Socket {
  return inside(webSocket)._socket;
}

/** A WebSocket that one observer hears without listeners: each of those costs every connection its place in a table. */
export class ObservedWebSocket extends WebSocket {
  #observer: WebSocketObserver | undefined = undefined;

  /** Begins to tell the observer, and nobody else. */
  observe(observer: WebSocketObserver): void {
    const { _receiver: receiver } = inside(this);
    this.#observer = observer;
    receiver[OBSERVER] = observer;
    receiver.write = writeAndTell;
  }

  /** Ends it for a reason of ours. */
  closeWith(code: number, text: string): void {
    super.close(code, text);
  }

  /** What ws calls before it ends it for a reason of the client's. */
  override close(code?: number, reason?: string | Buffer): void {
    if (inside(this)._closeFrameReceived) this.#observer?.closeFrameCame();
    else this.#observer?.protocolBroken(code ?? 0);
    super.close(code, reason);
  }

  /** Where ws reports everything; what is not told here needs no listener: an error is always followed by `close`. */
  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    const observer = this.#observer;
    if (observer === undefined) return super.emit(event, first, second);
    switch (event) {
      case "message":
        observer.message(first as Buffer, second as boolean);
        break;
      case "ping":
        observer.ping(first as Buffer);
        break;
      case "pong":
        observer.pong(first as Buffer);
        break;
      case "close":
        observer.closed(first as number, (second as Buffer).toString());
        break;
    }
    return true;
  }
}

// It is called with the receiver it belongs to.
// oxlint-disable-next-line typescript/unbound-method
const write: (this: Writable, bytes: Buffer) => boolean = Writable.prototype.write;

/** Every read ends in one write to the parser, which parses at once and tells all messages before it returns. */
function writeAndTell(this: Inside["_receiver"], bytes: Buffer): boolean {
  const mayGoOn = write.call(this, bytes);
  this[OBSERVER].readEnded();
  return mayGoOn;
}

function inside(webSocket: WebSocket): Inside {
  return webSocket as unknown as Inside;
}
