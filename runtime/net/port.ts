import type { AddressInfo, Server, Socket } from "node:net";
import type { PortProtocol } from "../../protocols/port.ts";
import type { TaggedMessage, TellKind, TellMessage } from "../../protocols/protocol.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import { listen } from "./bind.ts";
import type { PortAddress } from "./bind.ts";
import type { HttpSockets } from "./hand-over/http-sockets.ts";
import type { MovedConnection } from "./hand-over/moved-connection.ts";
import type { RawHandle } from "./hand-over/raw-handle.ts";
import { rewire } from "./hand-over/rewire.ts";
import { adoptHandle, stopAccepting } from "./hand-over/socket-handle.ts";
import type { PortShare } from "./port-share.ts";
import { receive } from "./receive.ts";
import { Reception } from "./reception.ts";
import type { Guest } from "./reception.ts";
import { addressOf } from "./route-request.ts";
import type { Route } from "./route.ts";
import { RouteTable } from "./route-table.ts";
import { enterAgain } from "./turnstile.ts";

/** What every port is made of. */
export interface PortParts extends PortAddress {
  readonly routes: readonly Route[];
  readonly share: PortShare;
}

/** A bound port and the routes behind it. It is bound before the actors start, and stays bound when they restart. */
export abstract class Port extends ActorRef<PortProtocol> {
  readonly name: string;
  readonly address: string;
  readonly table: RouteTable;
  protected readonly reception: Reception;
  readonly #parts: PortParts;
  #server: Server | undefined = undefined;
  #number: number | undefined = undefined;

  /** @throws RangeError when two routes have one path */
  constructor(parts: PortParts) {
    super();
    this.name = parts.name;
    this.address = `port:${parts.name}`;
    this.table = new RouteTable(parts.routes, parts.share.limits);
    this.reception = new Reception(parts.share);
    this.#parts = parts;
  }

  /** The number it is bound to; undefined before `open`. */
  get number(): number | undefined {
    return this.#number;
  }

  /** The connections that came through it. */
  get guests(): readonly Guest[] {
    return this.reception.guests;
  }

  /** How many connections there are, and how many frames have come in this process. */
  get traffic(): { readonly connections: number; readonly framesIn: number } {
    return { connections: this.reception.guestCount, framesIn: this.reception.framesIn };
  }

  /** Where plain requests come; undefined where there are none. */
  get httpSockets(): HttpSockets | undefined {
    return undefined;
  }

  /** Whether somebody is on the way to become a connection. */
  get hasComing(): boolean {
    return false;
  }

  /** Binds the port and answers its number. @throws Fault `portTaken` */
  async open(): Promise<number> {
    this.#server ??= await this.build();
    await listen(this.#server, this.#parts, this.#parts.share.bindSocket);
    return (this.#number = (this.#server.address() as AddressInfo).port);
  }

  /** Takes no more connections, until it is opened again. Those that are open go on. */
  shut(): void {
    if (this.#server?.listening === true) stopAccepting(this.#server);
  }

  /** Takes no more connections and requests. Resolves when the last of those that are open has ended. */
  close(): Promise<void> {
    this.reception.serve(undefined);
    return this.unbind();
  }

  /**
   * Goes on with a connection that another process had; `latest` is what it had written and the socket has not taken.
   * False when nothing here answers to its route: then it is sent away, to come back as it may.
   */
  adopt(moved: MovedConnection, handle: RawHandle, latest: Buffer): boolean {
    const { share } = this.#parts;
    if (this.#server === undefined) return false;
    const socket = adoptHandle(this.#server, handle);
    if (!isSocketOf(socket, moved)) {
      socket.destroy();
      return false;
    }
    enterAgain(socket, moved.address, share);
    const route = this.table.find(moved.route);
    const isServed = route?.connects === true && this.name === moved.listener;
    const { protocol } = route ?? { protocol: "v1" };
    const limits = route === undefined ? share.limits : this.table.limitsOf(route);
    const { frameBytes } = limits;
    const { wire, dialect } = rewire(socket, moved, { dialects: share.dialects, protocol, frameBytes });
    if (!isServed) this.reception.sendAway(wire, dialect, { id: moved.id, limits });
    else this.reception.adopt(wire, dialect, { ...moved, route, limits }, { moved, latest });
    return isServed;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return receive(this, TELLS, message, ask);
  }

  /** Announces accepted sockets to this listener from now on. */
  serve(listener: Parameters<Reception["serve"]>[0]): void {
    this.reception.serve(listener);
  }

  /** The server behind the port; it does not listen yet. */
  protected abstract build(): Promise<Server>;
  protected abstract unbind(): Promise<void>;
}

/** Nobody shall ever go on with the connection of somebody else, whatever becomes of handles on their way. */
function isSocketOf(socket: Socket, { address, clientPort }: MovedConnection): boolean {
  return socket.remotePort === clientPort && addressOf(socket.remoteAddress) === address;
}

const TELLS: {
  readonly [K in TellKind<PortProtocol>]: (port: Port, message: TellMessage<PortProtocol, K>) => void;
} = {
  serve: (port, { listener }) => port.serve(listener),
  close: (port) => void port.close(),
};
