import type { Socket } from "node:net";
import { Writable } from "node:stream";
import { WebSocket } from "ws";
import { lengthBytes } from "./web-socket-frame.ts";

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
  readonly _receiver: Writable & { [OBSERVER]: WebSocketObserver } & ReceiverState;
  readonly _closeFrameReceived: boolean;
  _protocol: string;
  setSocket(socket: Socket, head: Buffer, options: object): void;
}

/** Where ws's parser stands in the stream of frames. */
interface ReceiverState {
  readonly _state: number;
  readonly _fin: boolean;
  readonly _opcode: number;
  readonly _payloadLength: number;
  readonly _mask: Buffer | undefined;
  /** The kind of the message whose first fragments have come; 0 when none have. */
  readonly _fragmented: number;
  readonly _numFragments: number;
  /** Unmasked. */
  readonly _fragments: readonly Buffer[];
  /** What was read and not looked at. */
  readonly _buffers: readonly Buffer[];
}

/** The states of ws's parser, each named after what it waits for. */
const WAITS_FOR = { header: 0, length16: 1, length64: 2, mask: 3, payload: 4 } as const;

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

/** What ws's parser needs to know of a WebSocket whose handshake another process has done. */
export interface AdoptedWebSocket {
  readonly socket: Socket;
  readonly subprotocol: string;
  /** What was read from the socket before. */
  readonly unread: Buffer;
  /** What ws takes with a server; among them `maxPayload`. */
  readonly options: object;
}

/** A WebSocket on a socket that is one already. It is paused. */
export function adoptWebSocket({
  socket,
  subprotocol,
  unread,
  options,
}: AdoptedWebSocket): ObservedWebSocket {
  const webSocket = new (ObservedWebSocket as unknown as WithoutAddress)(null, undefined, options);
  inside(webSocket)._protocol = subprotocol;
  inside(webSocket).setSocket(socket, unread, options);
  webSocket.pause();
  return webSocket;
}

type WithoutAddress = new (address: null, protocols: undefined, options: object) => ObservedWebSocket;

/**
 * What ws's parser has taken and not told anybody yet, as bytes from which another parser comes to the same place: the
 * fragments that came before as one unfinished frame, then the frame that it is in, as far as it has come.
 */
export function unparsed(webSocket: WebSocket): Buffer {
  const { _receiver: receiver } = inside(webSocket);
  const earlier = receiver._numFragments > 0 ? fragmentsBefore(receiver) : NOTHING;
  return Buffer.concat([earlier, headerSoFar(receiver), ...receiver._buffers]);
}

function fragmentsBefore({ _fragmented: opcode, _fragments: fragments }: ReceiverState): Buffer {
  const payload = Buffer.concat(fragments);
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from([opcode]), maskedLength(payload.length), NO_MASK, payload]);
}

function headerSoFar(receiver: ReceiverState): Buffer {
  const { _state: state, _fin: isFinal, _opcode: opcode, _payloadLength: length, _mask: mask } = receiver;
  if (state === WAITS_FOR.header) return NOTHING;
  // ws remembers a continuation by the kind of its message.
  const isContinuation = opcode < CONTROL_OPCODE_MIN && receiver._numFragments > 0;
  const first = Buffer.from([(isFinal ? FINAL : 0) | (isContinuation ? 0 : opcode)]);
  if (state === WAITS_FOR.length16 || state === WAITS_FOR.length64) {
    return Buffer.concat([first, Buffer.from([MASKED | length])]);
  }
  return Buffer.concat([
    first,
    maskedLength(length),
    state === WAITS_FOR.payload ? (mask ?? NO_MASK) : NOTHING,
  ]);
}

/** The length of a frame from client to server: a header without its first byte and its mask. */
function maskedLength(length: number): Buffer {
  const bytes = lengthBytes(length);
  bytes[0] = (bytes[0] ?? 0) | MASKED;
  return bytes;
}

const FINAL = 0x80;
const MASKED = 0x80;
const CONTROL_OPCODE_MIN = 0x8;
const NO_MASK = Buffer.alloc(4);
const NOTHING = Buffer.alloc(0);

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
