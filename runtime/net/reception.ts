import type { Member } from "../../protocols/client-frames.ts";
import type { AcceptedSocket, ListenerProtocol } from "../../protocols/listener.ts";
import type { Reference } from "../../protocols/reference.ts";
import type { ConnectionIds } from "./connection-ids.ts";
import type { Dialect } from "./dialect.ts";
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

/** Makes a connection of a socket whose handshake is done: gives it an outlet and an intake, and announces it to the listener's actor. */
export class Reception {
  readonly #share: GatewayShare;
  #listener: Reference<ListenerProtocol> | undefined = undefined;

  constructor(share: GatewayShare) {
    this.#share = share;
  }

  /** Whether there is somebody to announce a socket to. */
  get isOpen(): boolean {
    return this.#listener !== undefined;
  }

  /** Announces to this listener from now on. */
  serve(listener: Reference<ListenerProtocol> | undefined): void {
    this.#listener = listener;
  }

  welcome(wire: Wire, dialect: Dialect, visit: Visit): void {
    const { door, ids } = this.#share;
    const id = ids.next();
    const outlet = new Outlet({ address: id, wire, format: dialect.format, share: this.#share });
    const intake = new Intake({ door, outlet, read: dialect.read, rate: visit.limits });
    wire.listen(intake);
    this.#announce(outlet, {
      id,
      route: visit.route.path,
      search: visit.search,
      address: visit.address,
      format: dialect.format.name,
      outlet,
      member: visit.member,
      traffic: intake,
    });
  }

  #announce(outlet: Outlet, socket: AcceptedSocket): void {
    const { door, flushes } = this.#share;
    if (this.#listener === undefined) return outlet.close("internalError");
    flushes.readBegan();
    door.hold();
    const verdict = door.tell(this.#listener, { kind: "accepted", socket });
    door.pump();
    if (verdict !== "accepted") outlet.close("internalError");
    // Usually the connection's actor is there by now; if not, the client waits for it.
    if (outlet.connection === undefined) outlet.wire.pauseReading();
    flushes.readEnded(outlet);
  }
}
