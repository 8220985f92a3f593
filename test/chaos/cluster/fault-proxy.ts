import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { once } from "node:events";

/**
 * What the way does. `open`: it forwards. `cut`: connections break, and new ones are refused. `black`: everything vanishes, and nobody is told. `mute`: what is asked
 * arrives and is done, the answers vanish.
 */
export type WayMode = "open" | "cut" | "black" | "mute";

interface Way {
  readonly near: Socket;
  readonly far: Socket;
  /** Something that was meant for it has vanished: nothing that comes later can be understood. */
  isTorn: boolean;
  /** Nothing comes through any more, in either direction. */
  isDeaf: boolean;
  /** What is on its way, in order: each time that is up lets the next piece arrive. */
  readonly lateWords: Buffer[];
  readonly lateAnswers: Buffer[];
}

/** The way of one node to its store, over TCP, on which anything can happen to bytes but that they change. */
export class FaultProxy {
  readonly #server: Server;
  readonly #ways = new Set<Way>();
  /** The port behind it. */
  target: number;
  /** How long each piece is on its way, in milliseconds. */
  delayMs = 0;
  #mode: WayMode = "open";

  private constructor(target: number) {
    this.target = target;
    this.#server = createServer((socket) => this.#begin(socket));
  }

  static async open(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    // A run that fails must be able to end.
    proxy.#server.unref();
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  set mode(mode: WayMode) {
    this.#mode = mode;
    if (mode === "cut") this.breakAll();
    // What has lost something cannot go on.
    if (mode === "open") for (const way of this.#ways) if (way.isTorn) this.#break(way);
  }

  /** Everything as it should be, from now on. */
  mend(): void {
    this.delayMs = 0;
    this.mode = "open";
    for (const way of this.#ways) if (way.isDeaf) this.#break(way);
  }

  /** Breaks every connection that there is. */
  breakAll(): void {
    for (const way of this.#ways) this.#break(way);
  }

  /** The connections that there are carry nothing any more, and nobody is told; new ones do. */
  deafen(): void {
    for (const way of this.#ways) way.isDeaf = true;
  }

  /** What is asked within this time is done, and the connection breaks in place of the answer. */
  async loseAnswers(forMs: number): Promise<void> {
    this.mode = "mute";
    await new Promise((resolve) => setTimeout(resolve, forMs));
    this.mode = "open";
  }

  async close(): Promise<void> {
    this.breakAll();
    this.#server.close();
    await once(this.#server, "close");
  }

  #begin(near: Socket): void {
    near.on("error", () => undefined);
    if (this.#mode === "cut") return void near.destroy();
    const far = connect(this.target, "127.0.0.1");
    const way = { near, far, isTorn: false, isDeaf: false, lateWords: [], lateAnswers: [] };
    this.#ways.add(way);
    near.setNoDelay(true);
    far.setNoDelay(true);
    this.#carry(way, near, far);
    this.#carry(way, far, near);
  }

  #carry(way: Way, from: Socket, to: Socket): void {
    from.on("data", (bytes) => this.#forward(way, to, bytes));
    from.on("error", () => this.#break(way));
    from.on("close", () => this.#break(way));
  }

  #forward(way: Way, to: Socket, bytes: Buffer): void {
    const isAnswer = to === way.near;
    const vanishes = way.isDeaf || this.#mode === "black" || (this.#mode === "mute" && isAnswer);
    if (vanishes) way.isTorn = true;
    else this.#pass(way, to, bytes);
  }

  /** Nothing overtakes anything, also when the way has just become faster. */
  #pass(way: Way, to: Socket, bytes: Buffer): void {
    const late = to === way.near ? way.lateAnswers : way.lateWords;
    if (late.length === 0 && this.delayMs === 0) return void to.write(bytes);
    late.push(bytes);
    setTimeout(() => {
      const next = late.shift();
      if (next !== undefined && to.writable) to.write(next);
    }, this.delayMs);
  }

  #break(way: Way): void {
    if (!this.#ways.delete(way)) return;
    way.near.destroy();
    way.far.destroy();
  }
}
