import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Server } from "ws";
import type { Member } from "../../protocols/client-frames.ts";
import { SUBPROTOCOLS } from "../../protocols/client-protocol.ts";
import type { AccessRecord } from "./access-tap.ts";
import { isOriginAllowed } from "./origin.ts";
import type { PortShare } from "./port-share.ts";
import type { Reception } from "./reception.ts";
import { refuseSocket } from "./refuse-socket.ts";
import type { HttpRefusal } from "./refuse-socket.ts";
import { addressOf, routeRequest, splitTarget } from "./route-request.ts";
import type { Guard, Route } from "./route.ts";
import type { RouteTable } from "./route-table.ts";
import { webSocketOptions } from "./web-socket-options.ts";
import { WebSocketWire } from "./web-socket-wire.ts";
import { ObservedWebSocket } from "./ws-internals.ts";

/** The version of the protocol that RFC 6455 describes; there is no later one. */
const WEB_SOCKET_VERSION = "13";

/** What a port needs to turn requests into WebSockets. */
export interface UpgradeParts {
  readonly listener: string;
  readonly table: RouteTable;
  readonly share: PortShare;
  readonly reception: Reception;
}

/** A request to become a WebSocket, with the socket it came on. */
export interface UpgradeCall {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request. */
  readonly head: Buffer;
}

/** The WebSocket side of a port: decides about each request to upgrade, and welcomes the WebSocket that it becomes. */
export class WebSocketUpgrade {
  readonly #parts: UpgradeParts;
  /** One for each frame limit, because ws takes the limit with its server. */
  readonly #servers = new Map<number, Server<typeof ObservedWebSocket>>();

  #guardedCount = 0;

  constructor(parts: UpgradeParts) {
    this.#parts = parts;
  }

  /** How many requests a guard is thinking about. */
  get guarded(): number {
    return this.#guardedCount;
  }

  take(call: UpgradeCall): void {
    const { path } = splitTarget(call.request.url ?? "/");
    const route = this.#parts.table.find(path);
    const refusal = route === undefined ? this.#unknown(path) : this.#refusalOf(call.request, route);
    if (refusal !== undefined) this.#refuse(call, refusal);
    else if (route?.auth !== undefined) void this.#guarded(call, route, route.auth);
    else if (route !== undefined) this.#upgrade(call, route, undefined);
  }

  async #guarded(call: UpgradeCall, route: Route, guard: Guard): Promise<void> {
    const { listener, share } = this.#parts;
    this.#guardedCount++;
    // While the guard thinks, nobody else hears the socket's errors.
    call.socket.on("error", ignore);
    try {
      const admission = await guard(routeRequest(call.request, listener), share.requests);
      if (admission.kind === "refused") this.#refuse(call, admission);
      else this.#upgrade(call, route, admission.member);
    } catch (error) {
      share.log.error("request.failed", { method: "GET", path: route.path, err: error });
      this.#refuse(call, {
        status: 500,
        code: "internalError",
        text: "the request failed; the log says why",
      });
    } finally {
      this.#guardedCount--;
      call.socket.off("error", ignore);
    }
  }

  #upgrade({ request, socket, head }: UpgradeCall, route: Route, member: Member | undefined): void {
    const { table, share, reception } = this.#parts;
    const { search } = splitTarget(request.url ?? "/");
    const address = addressOf(request.socket.remoteAddress);
    const limits = table.limitsOf(route);
    this.#serverFor(limits.frameBytes).handleUpgrade(request, socket, head, (webSocket) => {
      const dialect = share.dialects.webSocket(route.protocol, webSocket.protocol);
      reception.welcome(new WebSocketWire(webSocket), dialect, { route, limits, search, address, member });
    });
  }

  #refusalOf({ headers }: IncomingMessage, route: Route): HttpRefusal | undefined {
    if (!route.connects) return this.#unknown(route.path);
    if (!this.#parts.reception.isOpen) return NOT_OPEN;
    if (!isOriginAllowed(headers.origin, headers.host, this.#parts.share.origins)) {
      return {
        status: 403,
        code: "originNotAllowed",
        text: `pages of ${headers.origin ?? ""} may not connect here`,
      };
    }
    if (headers["sec-websocket-version"] !== WEB_SOCKET_VERSION) return UNKNOWN_VERSION;
    const offered = headers["sec-websocket-protocol"];
    if (route.protocol === "text" || offered === undefined || chosen(names(offered)) !== undefined) {
      return undefined;
    }
    const known = Object.values(SUBPROTOCOLS).join(", ");
    return {
      status: 400,
      code: "unknownSubprotocol",
      text: `none of ${offered} is spoken here; known: ${known}`,
    };
  }

  #unknown(path: string): HttpRefusal {
    const known = this.#parts.table.connectable.join(", ");
    return {
      status: 404,
      code: "unknownRoute",
      text: `no WebSocket can be opened at ${path}; known: ${known}`,
    };
  }

  #refuse({ socket, request }: Pick<UpgradeCall, "socket" | "request">, refusal: HttpRefusal): void {
    const { listener, share } = this.#parts;
    const address = addressOf(request.socket.remoteAddress);
    share.log.warn("connection.refused", { listener, address, reason: refusal.code });
    share.access.add(refusedRecord(request, refusal, this.#parts));
    const { status, code, text, headers } = refusal;
    refuseSocket(socket, { status, code, text, ...(headers === undefined ? {} : { headers }) });
  }

  #serverFor(frameBytes: number): Server<typeof ObservedWebSocket> {
    const known = this.#servers.get(frameBytes);
    if (known !== undefined) return known;
    const server = webSocketServer(frameBytes);
    server.on("wsClientError", ({ message }, socket, request) =>
      this.#refuse({ request, socket }, { status: 400, code: "badHandshake", text: message }),
    );
    this.#servers.set(frameBytes, server);
    return server;
  }
}

function webSocketServer(frameBytes: number): Server<typeof ObservedWebSocket> {
  return new WebSocketServer({
    noServer: true,
    WebSocket: ObservedWebSocket,
    clientTracking: false,
    ...webSocketOptions(frameBytes),
    handleProtocols: (offered) => chosen([...offered]) ?? false,
  });
}

const NOT_OPEN: HttpRefusal = {
  status: 503,
  code: "notOpen",
  text: "no connections are taken now",
  headers: { "retry-after": "1" },
};

// RFC 6455, section 4.4: a refused version is answered with those that are spoken.
const UNKNOWN_VERSION: HttpRefusal = {
  status: 426,
  code: "unknownVersion",
  text: `WebSocket version ${WEB_SOCKET_VERSION} is spoken here`,
  headers: { upgrade: "websocket", "sec-websocket-version": WEB_SOCKET_VERSION },
};

function refusedRecord(
  request: IncomingMessage,
  { status }: HttpRefusal,
  { listener, table }: UpgradeParts,
): AccessRecord {
  const { path } = splitTarget(request.url ?? "/");
  return {
    kind: "webSocket",
    listener,
    method: "GET",
    route: table.find(path)?.path ?? "none",
    path,
    status,
    bytesIn: 0,
    bytesOut: 0,
    durationMs: 0,
    address: addressOf(request.socket.remoteAddress),
    agent: request.headers["user-agent"] ?? "",
  };
}

function names(header: string): string[] {
  return header.split(",").map((name) => name.trim());
}

/** The subprotocol that the client prefers among those that are spoken here. */
function chosen(offered: readonly string[]): string | undefined {
  const known: readonly string[] = Object.values(SUBPROTOCOLS);
  return offered.find((name) => known.includes(name));
}

function ignore(): void {}
