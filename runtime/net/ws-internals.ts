import type { Socket } from "node:net";
import { Writable } from "node:stream";
import type { WebSocket } from "ws";

/** What ws does inside that its public events do not tell, or tell too late. */
export interface WebSocketObserver {
  /** All messages that one read completed have been emitted. */
  readEnded(): void;
  /** The client's close frame has come; ws is about to answer it. */
  closeFrameCame(): void;
  /** The client has broken the protocol; ws is about to close for that reason, unless it is closing already. */
  protocolBroken(error: WebSocketError): void;
}

/** An error of ws's parser. */
export interface WebSocketError extends Error {
  readonly code?: string;
}

const OBSERVER = Symbol("observer");

interface Observed {
  [OBSERVER]: WebSocketObserver;
}

interface Inside {
  readonly _socket: Socket;
  readonly _receiver: Writable & Observed;
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

/** Observes a WebSocket that has just been opened. */
export function observe(webSocket: WebSocket, observer: WebSocketObserver): void {
  const { _receiver: receiver } = inside(webSocket);
  // Shared functions and a field instead of closures: there are very many WebSockets.
  receiver[OBSERVER] = observer;
  // A second listener to the socket's bytes would cost each read a copy of the list of listeners.
  receiver.write = writeAndTell;
  receiver.prependListener("conclude", onConclude);
  receiver.prependListener("error", onError);
}

/** Every read ends in one write to the parser, which parses at once and emits all messages before it returns. */
function writeAndTell(this: Writable & Observed, bytes: Buffer): boolean {
  const mayGoOn = write.call(this, bytes);
  this[OBSERVER].readEnded();
  return mayGoOn;
}

// It is called with the receiver it belongs to.
// oxlint-disable-next-line typescript/unbound-method
const write: (this: Writable, bytes: Buffer) => boolean = Writable.prototype.write;

function onConclude(this: Observed): void {
  this[OBSERVER].closeFrameCame();
}

function onError(this: Observed, error: WebSocketError): void {
  this[OBSERVER].protocolBroken(error);
}

function inside(webSocket: WebSocket): Inside {
  return webSocket as unknown as Inside;
}
