import type { Member } from "../../protocols/client-frames.ts";
import type { AcceptedSocket, ListenerProtocol } from "../../protocols/listener.ts";
import type { Tell } from "../../protocols/protocol.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { ConnectionIds } from "./connection-ids.ts";
import type { Dialect } from "./dialect.ts";
import type { MovedConnection, MovedTraffic } from "./hand-over/moved-connection.ts";
import { Intake } from "./intake.ts";
import { Outlet } from "./outlet.ts";
import type { OutletShare } from "./outlet.ts";
import type { Route } from "./route.ts";
import type { ConnectionLimits } from "./route-table.ts";
import type { Wire } from "./wire.ts";

/** What all listeners of a gateway share. */
export interface GatewayShare extends OutletShare {
  readonly ids: ConnectionIds;
}

/** Who came, and what for. */
export interface Visit {
  readonly route: Route;
  readonly limits: ConnectionLimits;
  /** What stood behind the `?`. */
  readonly search: string;
  readonly address: string;
  readonly member: Member | undefined;
}

/** A socket that was made a connection of, with both of its paths. */
export interface Guest extends AcceptedSocket {
  readonly outlet: Outlet;
  readonly traffic: Intake;
}

/** Makes a connection of a socket whose handshake is done: gives it an outlet and an intake, and announces it to the listener's actor. */
export class Reception {
  readonly #share: GatewayShare;
  readonly #guests = new Map<Intake, Guest>();
  #listener: Reference<ListenerProtocol> | undefined = undefined;
  /** Frames of connections that have ended, less those that came to connections in another process. */
  #framesElsewhen = 0;

  constructor(share: GatewayShare) {
    this.#share = share;
  }

  /** Whether there is somebody to announce a socket to. */
  get isOpen(): boolean {
    return this.#listener !== undefined;
  }

  /** Everybody whose socket is open. */
  get guests(): readonly Guest[] {
    return [...this.#guests.values()];
  }

  /** How many there are. */
  get guestCount(): number {
    return this.#guests.size;
  }

  /** How many frames have come in this process. */
  get framesIn(): number {
    let framesIn = this.#framesElsewhen;
    for (const intake of this.#guests.keys()) framesIn += intake.framesIn;
    return framesIn;
  }

  /** Announces to this listener from now on. */
  serve(listener: Reference<ListenerProtocol> | undefined): void {
    this.#listener = listener;
  }

  welcome(wire: Wire, dialect: Dialect, visit: Visit): void {
    const guest = this.#receive(wire, dialect, { ...visit, id: this.#share.ids.next(), passed: undefined });
    this.#announce(guest.outlet, { kind: "accepted", socket: guest });
  }

  /** Goes on with a connection that another process had; `latest` is what it had written and the socket has not taken. */
  adopt(wire: Wire, dialect: Dialect, visit: Visit, from: { moved: MovedConnection; latest: Buffer }): void {
    const { id, traffic, unsent, actor } = from.moved;
    const guest = this.#receive(wire, dialect, { ...visit, id, passed: traffic });
    guest.outlet.sendFirst(from.latest, unsent.map(bufferOf));
    this.#announce(guest.outlet, { kind: "adopted", socket: guest, data: actor });
  }

  /** Ends a connection that another process had, with the word to come back. */
  sendAway(
    wire: Wire,
    { format, read }: Dialect,
    { id, limits }: { id: string; limits: ConnectionLimits },
  ): void {
    const share = this.#share;
    const outlet = new Outlet({ address: id, wire, format, share });
    wire.listen(new Intake({ door: share.door, outlet, read, rate: limits }));
    outlet.close("draining", "what it was connected to is not here any more");
  }

  #receive(
    wire: Wire,
    dialect: Dialect,
    visit: Visit & { readonly id: string; readonly passed: MovedTraffic | undefined },
  ): Guest {
    const { id, passed, route, limits, search, address, member } = visit;
    const before = passed === undefined ? {} : { before: passed };
    const { format, read } = dialect;
    const share = this.#share;
    const outlet = new Outlet({ address: id, wire, format, share, ...before });
    const onLeft = this.#onLeft;
    const traffic = new Intake({ door: share.door, outlet, read, rate: limits, onLeft, ...before });
    const guest = { id, route: route.path, search, address, format: format.name, outlet, member, traffic };
    this.#guests.set(traffic, guest);
    this.#framesElsewhen -= traffic.framesIn;
    wire.listen(traffic);
    return guest;
  }

  readonly #onLeft = (intake: Intake): void => {
    if (this.#guests.delete(intake)) this.#framesElsewhen += intake.framesIn;
  };

  #announce(outlet: Outlet, message: Tell<ListenerProtocol>): void {
    const { door, flushes } = this.#share;
    if (this.#listener === undefined) return outlet.close("internalError");
    flushes.readBegan();
    door.hold();
    const verdict = door.tell(this.#listener, message);
    door.pump();
    if (verdict !== "accepted") outlet.close("internalError");
    // Usually the connection's actor is there by now; if not, the client waits for it.
    if (outlet.connection === undefined) outlet.wire.pauseReading();
    flushes.readEnded(outlet);
  }
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
