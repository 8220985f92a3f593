import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { once } from "node:events";

/** A wire that a test can cut: it stands between a browser and a gateway, and forwards bytes. */
export class CutProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Those to what is behind it. */
  readonly #answering = new Set<Socket>();
  /** The port behind it; another one after the gateway has moved. */
  target: number;
  #isCut = false;

  private constructor(target: number) {
    this.target = target;
    this.#server = createServer((socket) => this.#forward(socket));
  }

  static async open(target: number): Promise<CutProxy> {
    const proxy = new CutProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks every connection without a word, and each new one until `mend`. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Swallows whatever comes on the connections that there are, in both directions, and says nothing: both ends believe that they are connected. */
  deafen(): void {
    for (const socket of this.#sockets) socket.unpipe().resume();
  }

  /** Swallows the answers on the connections that there are: what is asked still arrives, and is done. */
  mute(): void {
    for (const socket of this.#answering) socket.unpipe().resume();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #forward(near: Socket): void {
    if (this.#isCut) return void near.resetAndDestroy();
    const far = connect(this.target, "127.0.0.1");
    this.#answering.add(far);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.pipe(other);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        this.#answering.delete(socket);
        other.destroy();
      });
    }
  }
}
