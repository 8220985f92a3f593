import type { ClientFrame, ServerFrame } from "../../protocols/client-frames.ts";
import { connect } from "../../runtime/client/client.ts";
import type { ConnectOptions, SocketEvents } from "../../runtime/client/client.ts";
import { VirtualClock } from "../../runtime/time/virtual-clock.ts";

/** A socket without a network: the test plays the server. */
export class FakeSocket {
  readonly url: string;
  readonly sent: ClientFrame[] = [];
  closed = false;
  readonly #events: SocketEvents;

  constructor(url: string, events: SocketEvents) {
    this.url = url;
    this.#events = events;
  }

  send(data: string | Uint8Array): void {
    this.sent.push(JSON.parse(String(data)) as ClientFrame);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.#events.opened();
  }

  says(...frames: ServerFrame[]): void {
    for (const frame of frames) this.#events.received(JSON.stringify(frame));
  }

  saysRaw(data: string | Uint8Array): void {
    this.#events.received(data);
  }

  breaks(code = 1006): void {
    this.#events.closed(code);
  }

  /** The newest frame of a kind that the client sent. */
  last<Kind extends ClientFrame["kind"]>(kind: Kind): ClientFrame & { kind: Kind } {
    const frame = this.sent.findLast((candidate) => candidate.kind === kind);
    if (frame === undefined) throw new Error(`the client sent no ${kind}`);
    return frame as ClientFrame & { kind: Kind };
  }
}

/** A client on virtual time, and every socket it has opened. */
export function fakeClient(options: Partial<ConnectOptions> = {}) {
  const clock = new VirtualClock();
  const sockets: FakeSocket[] = [];
  const client = connect({
    url: "ws://gateway.test/chatroom",
    clock,
    random: () => 0.5,
    webSocket: (url, _subprotocol, events) => {
      const socket = new FakeSocket(url, events);
      sockets.push(socket);
      return socket;
    },
    ...options,
  });
  const socket = (): FakeSocket => sockets.at(-1)!;
  return { client, clock, sockets, socket, welcome: () => welcome(socket()) };
}

/** Opens a fake socket and lets the server greet. */
export function welcome(socket: FakeSocket): void {
  socket.open();
  socket.says({ kind: "welcome", connection: "c1", name: "Ash", pingEveryMs: 10_000 });
}
