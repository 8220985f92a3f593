import type { Server, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { RawHandle } from "./raw-handle.ts";
import { acceptHandle, canRelease, readAgain, releaseHandle, stopReading } from "./socket-handle.ts";

// All that the system takes from inside Node's HTTP server; a contract test fails when a new Node does any of it differently.

/** Node's own list of the connections on which requests come. */
interface Connections {
  all(): readonly Parser[];
  /** Those between two requests: the answer to the latest may still be due. A connection that has never been used is not among them. */
  idle(): readonly Parser[];
}

interface Parser {
  readonly socket: HttpSocket;
}

interface HttpSocket extends Socket {
  /** The answer that is being written. */
  readonly _httpMessage?: ServerResponse | null;
}

const CONNECTIONS = "http.server.connections";

/** The sockets of an HTTP server on which requests come; those that have become WebSockets are not among them. */
export class HttpSockets {
  readonly #server: Server;
  readonly #resting = new Set<Socket>();
  /** Those that have come from another process and whose next request has not begun. */
  readonly #adopted = new WeakSet<Socket>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** Reads no further request; one whose first bytes have come is read to its end, so this is called until `areQuiet`. */
  rest(): void {
    for (const socket of this.#between()) {
      stopReading(socket);
      this.#resting.add(socket);
    }
  }

  /** Whether no request is under way any more, neither its bytes nor its answer. */
  get areQuiet(): boolean {
    const between = this.#between();
    return between.size === this.#all().length && ![...between].some(isAnswering);
  }

  /** Takes requests again. */
  goOn(): void {
    for (const socket of this.#resting) readAgain(socket);
    this.#resting.clear();
  }

  /** Gives up the sockets on which nothing is under way; each stays open. */
  release(): RawHandle[] {
    this.rest();
    const free = [...this.#between()].filter(isFree);
    return free.flatMap((socket) => {
      this.#resting.delete(socket);
      const released = releaseHandle(socket);
      return released === undefined ? [] : [released.handle];
    });
  }

  /** Goes on with a socket on which another process has waited for the next request. False when the server does not listen. */
  accept(handle: RawHandle): boolean {
    const note = (socket: Socket): void => {
      this.#adopted.add(socket);
      socket.setTimeout(this.#server.keepAliveTimeout);
    };
    // It is told at once.
    this.#server.once("connection", note);
    const isAccepted = acceptHandle(this.#server, handle);
    this.#server.off("connection", note);
    return isAccepted;
  }

  /** Whether a socket that Node holds to be late with its first request has had others in another process: it may wait. */
  mayWait(socket: unknown): boolean {
    return socket instanceof Socket && this.#adopted.has(socket) && socket.bytesRead === 0;
  }

  /** Lets the requests that are still under way be the last ones on their sockets. */
  dismissOthers(): void {
    for (const { _httpMessage: answer } of this.#all()) {
      if (answer != null && !answer.headersSent) answer.shouldKeepAlive = false;
    }
  }

  #all(): HttpSocket[] {
    return (this.#connections?.all() ?? []).map(({ socket }) => socket);
  }

  /** Those on which no request has begun to come. */
  #between(): ReadonlySet<HttpSocket> {
    const idle = (this.#connections?.idle() ?? []).map(({ socket }) => socket);
    return new Set([...idle, ...this.#all().filter(({ bytesRead }) => bytesRead === 0)]);
  }

  // Node makes the list when the server begins to listen.
  get #connections(): Connections | undefined {
    const symbol = Object.getOwnPropertySymbols(this.#server).find(
      ({ description }) => description === CONNECTIONS,
    );
    return symbol && (this.#server as unknown as Record<symbol, Connections>)[symbol];
  }
}

function isAnswering({ _httpMessage: answer }: HttpSocket): boolean {
  return answer != null && !answer.writableFinished;
}

function isFree(socket: HttpSocket): boolean {
  return !isAnswering(socket) && canRelease(socket) && socket.writableLength === 0;
}
