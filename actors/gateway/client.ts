import type { Member } from "../../protocols/client-frames.ts";
import type { ConnectionProtocol } from "../../protocols/connection.ts";
import type { AcceptedSocket } from "../../protocols/listener.ts";
import type { OutletProtocol } from "../../protocols/outlet.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { RouteConnection } from "../../runtime/net/route.ts";

/** Who sits at the other end of a connection. */
export class Client implements RouteConnection {
  readonly listener: string;
  readonly self: Reference<ConnectionProtocol>;
  readonly #socket: AcceptedSocket;
  #member: Member | undefined;

  constructor(socket: AcceptedSocket, listener: string, self: Reference<ConnectionProtocol>) {
    this.#socket = socket;
    this.listener = listener;
    this.self = self;
    this.#member = socket.member;
  }

  // A name that nobody asks for is not made up.
  get member(): Member {
    return this.#member ?? { id: this.id, name: `guest-${this.id}` };
  }

  /** Who is there, unless the name is made up. */
  get named(): Member | undefined {
    return this.#member;
  }

  /** Goes on as the one that it was in another process. */
  resume(member: Member | undefined): void {
    this.#member = member;
  }

  /** Takes the name that the client gives itself. */
  rename(name: string): void {
    this.#member = { id: this.id, name };
  }

  get id(): string {
    return this.#socket.id;
  }

  get path(): string {
    return this.#socket.route;
  }

  // Most connections are never asked, so it is not kept.
  get query(): URLSearchParams {
    return new URLSearchParams(this.#socket.search);
  }

  get outlet(): Reference<OutletProtocol> {
    return this.#socket.outlet;
  }
}
