import { once } from "node:events";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { FRAMINGS } from "./framing.ts";
import type { Framing } from "./framing.ts";
import { Port } from "./port.ts";
import type { PortParts } from "./port.ts";
import { addressOf } from "./route-request.ts";
import type { Route } from "./route.ts";
import { TcpWire } from "./tcp-wire.ts";
import { ADMISSION_TEXTS, RETRY_AFTER_S, enter } from "./turnstile.ts";

/** What a TCP port is made of. */
export interface TcpPortParts extends PortParts {
  readonly framing: Framing["name"];
}

/** One port for frames over plain TCP. Without a path all connections are on its first route, and there is nothing to shake hands about; the actions of the others can be called. */
export class TcpPort extends Port {
  readonly #parts: TcpPortParts;
  readonly #route: Route;
  readonly #server: Server;

  /** @throws RangeError when there is no route, or one that takes no connections */
  constructor(parts: TcpPortParts) {
    super(parts);
    const [route] = parts.routes;
    if (route === undefined || !parts.routes.every(({ connects }) => connects)) {
      throw new RangeError(`listener ${parts.name}: a TCP listener needs routes, and each takes connections`);
    }
    this.#parts = parts;
    this.#route = route;
    // A client may end its side and still wait for answers, as `printf … | nc` does.
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#take(socket));
  }

  protected build(): Promise<Server> {
    return Promise.resolve(this.#server);
  }

  protected async unbind(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  #take(socket: Socket): void {
    const { share, framing, name } = this.#parts;
    const route = this.#route;
    const limits = this.table.limitsOf(route);
    const dialect = share.dialects.tcp(route.protocol, framing);
    const refusal = enter(socket, name, share);
    const { format } = dialect;
    if (refusal !== undefined || !this.reception.isOpen) {
      const code = refusal ?? "notOpen";
      const text = refusal === undefined ? "no connections are taken now" : ADMISSION_TEXTS[refusal];
      socket.on("error", () => {});
      socket.end(format.frame({ kind: "refused", code, text, retryAfterMs: RETRY_AFTER_S * 1_000 }), () =>
        socket.destroy(),
      );
      return;
    }
    const wire = new TcpWire(socket, { framing: FRAMINGS[framing], format, frameBytes: limits.frameBytes });
    const address = addressOf(socket.remoteAddress);
    this.reception.welcome(wire, dialect, { route, limits, search: "", address, member: undefined });
  }
}
