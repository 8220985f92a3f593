import type { FastifyInstance } from "fastify";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { HttpSockets } from "./hand-over/http-sockets.ts";
import { httpApp } from "./http-app.ts";
import type { ApiTitle } from "./open-api.ts";
import { Port } from "./port.ts";
import type { PortParts } from "./port.ts";
import { refuseSocket } from "./refuse-socket.ts";
import { ADMISSION_TEXTS, RETRY_AFTER_S, enter } from "./turnstile.ts";
import { WebSocketUpgrade } from "./web-socket-upgrade.ts";

/** How long requests under way may take when the port closes, in milliseconds. */
const LAST_REQUESTS_MS = 1_000;

/** What an HTTP port is made of. */
export interface HttpPortParts extends PortParts {
  readonly title: ApiTitle;
}

/** One port for HTTP and WebSocket: both are front doors to the same routes. */
export class HttpPort extends Port {
  readonly #parts: HttpPortParts;
  #app: FastifyInstance<Server> | undefined = undefined;
  #upgrade: WebSocketUpgrade | undefined = undefined;
  #sockets: HttpSockets | undefined = undefined;

  constructor(parts: HttpPortParts) {
    super(parts);
    this.#parts = parts;
  }

  override get httpSockets(): HttpSockets | undefined {
    return this.#sockets;
  }

  override get hasComing(): boolean {
    return (this.#upgrade?.guarded ?? 0) > 0;
  }

  protected async build(): Promise<Server> {
    const { name: listener, share, title } = this.#parts;
    const { table, reception } = this;
    const mayWait = (socket: unknown): boolean => this.#sockets?.mayWait(socket) === true;
    const app = (this.#app = await httpApp({ listener, table, share, title, mayWait }));
    const upgrade = (this.#upgrade = new WebSocketUpgrade({ listener, table, share, reception }));
    app.server.on("upgrade", (request, socket, head) => upgrade.take({ request, socket, head }));
    app.server.on("connection", (socket) => this.#count(socket));
    this.#sockets = new HttpSockets(app.server);
    await app.ready();
    return app.server;
  }

  protected async unbind(): Promise<void> {
    const app = this.#app;
    if (app === undefined) return;
    // Requests under way get their answer; those that never come to an end are not waited for.
    const cancel = this.#parts.share.door.clock.after(LAST_REQUESTS_MS, () =>
      app.server.closeAllConnections(),
    );
    await app.close();
    cancel();
  }

  #count(socket: Socket): void {
    const refusal = enter(socket, this.name, this.#parts.share);
    if (refusal === undefined) return;
    const headers = { "retry-after": String(RETRY_AFTER_S) };
    refuseSocket(socket, { status: 503, code: refusal, text: ADMISSION_TEXTS[refusal], headers });
  }
}
