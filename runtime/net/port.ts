import type { AddressInfo, Server } from "node:net";
import type { PortProtocol } from "../../protocols/port.ts";
import type { TaggedMessage, TellKind, TellMessage } from "../../protocols/protocol.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { PortAddress } from "./bind.ts";
import type { PortShare } from "./port-share.ts";
import { receive } from "./receive.ts";
import { Reception } from "./reception.ts";
import type { Route } from "./route.ts";
import { RouteTable } from "./route-table.ts";

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
  #number: number | undefined = undefined;

  /** @throws RangeError when two routes have one path */
  constructor(parts: PortParts) {
    super();
    this.name = parts.name;
    this.address = `port:${parts.name}`;
    this.table = new RouteTable(parts.routes, parts.share.limits);
    this.reception = new Reception(parts.share);
  }

  /** The number it is bound to; undefined before `open`. */
  get number(): number | undefined {
    return this.#number;
  }

  /** Binds the port and answers its number. @throws Fault `portTaken` */
  async open(): Promise<number> {
    const server = await this.bind();
    return (this.#number = (server.address() as AddressInfo).port);
  }

  /** Takes no more connections and requests. Resolves when the last of those that are open has ended. */
  close(): Promise<void> {
    this.reception.serve(undefined);
    return this.unbind();
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return receive(this, TELLS, message, ask);
  }

  /** Announces accepted sockets to this listener from now on. */
  serve(listener: Parameters<Reception["serve"]>[0]): void {
    this.reception.serve(listener);
  }

  protected abstract bind(): Promise<Server>;
  protected abstract unbind(): Promise<void>;
}

const TELLS: {
  readonly [K in TellKind<PortProtocol>]: (port: Port, message: TellMessage<PortProtocol, K>) => void;
} = {
  serve: (port, { listener }) => port.serve(listener),
  close: (port) => void port.close(),
};
