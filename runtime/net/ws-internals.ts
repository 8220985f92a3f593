import type { Socket } from "node:net";
import type { Writable } from "node:stream";
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

const OBSERVED = Symbol("observed");

interface Observed {
  [OBSERVED]: Observation;
}

/** What belongs together. */
interface Observation {
  readonly observer: WebSocketObserver;
  readonly socket: Socket;
  readonly receiver: Writable;
}

interface Inside {
  readonly _socket: Socket & Observed;
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
  const { _socket: socket, _receiver: receiver } = inside(webSocket);
  // Shared functions and fields instead of closures: there are very many WebSockets.
  socket[OBSERVED] = receiver[OBSERVED] = { observer, socket, receiver };
  // In the place of ws's own listener, which does the same but for the last line; one listener costs half of two.
  for (const listener of socket.listeners("data")) socket.removeListener("data", listener as () => void);
  socket.on("data", onData);
  receiver.prependListener("conclude", onConclude);
  receiver.prependListener("error", onError);
}

function onData(this: Socket & Observed, chunk: Buffer): void {
  const { observer, receiver } = this[OBSERVED];
  // The receiver parses at once and emits all messages before it returns.
  if (!receiver.write(chunk)) this.pause();
  observer.readEnded();
}

function onConclude(this: Observed): void {
  const { observer, socket } = this[OBSERVED];
  // As ws does: what comes after a close frame or an error is nobody's business.
  socket.removeListener("data", onData);
  observer.closeFrameCame();
}

function onError(this: Observed, error: WebSocketError): void {
  const { observer, socket } = this[OBSERVED];
  socket.removeListener("data", onData);
  observer.protocolBroken(error);
}

function inside(webSocket: WebSocket): Inside {
  return webSocket as unknown as Inside;
}
