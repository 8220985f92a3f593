import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createInterface } from "node:readline";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { Canary } from "../../runtime/supervision/canary.ts";
import { ActiveClock } from "../../runtime/time/active-clock.ts";
import { SystemClock } from "../../runtime/time/system-clock.ts";
import { CutProxy } from "../support/cut-proxy.ts";
import { eventually } from "../support/eventually.ts";

const EVERY_MS = 20;
const SILENT_AFTER_MS = 400;

/** A subscription over a socket, which only its canary can find deaf; then it is made again. */
class Subscription {
  readonly #port: number;
  readonly #canary: Canary;
  #socket: Socket | undefined = undefined;
  #isOver = false;
  /** Canaries that came back over the present socket. */
  returned = 0;
  /** What the socket itself had noticed when its canary found it deaf. */
  readonly found: { readonly isOpen: boolean; readonly silentMs: number }[] = [];

  constructor(port: number) {
    this.#port = port;
    this.#canary = new Canary({
      clock: new ActiveClock(new SystemClock()),
      everyMs: EVERY_MS,
      silentAfterMs: SILENT_AFTER_MS,
      send: (n) => this.#socket?.write(`${n}\n`),
      onSilent: (silentMs) => void this.#recycle(silentMs),
    });
  }

  async open(): Promise<void> {
    const socket = (this.#socket = connect(this.#port, "127.0.0.1"));
    await once(socket, "connect");
    if (this.#isOver) return;
    socket.on("error", () => {});
    createInterface({ input: socket }).on("line", (line) => {
      this.returned++;
      this.#canary.returned(Number(line));
    });
    this.returned = 0;
    this.#canary.start();
  }

  /** The end of the test: a socket that is only being made anew is given up, too. */
  end(): void {
    this.#isOver = true;
    this.#leave();
  }

  #leave(): void {
    this.#canary.stop();
    this.#socket?.destroy();
  }

  async #recycle(silentMs: number): Promise<void> {
    const { readyState, destroyed, errored } = this.#socket!;
    this.found.push({ isOpen: readyState === "open" && !destroyed && errored === null, silentMs });
    this.#leave();
    await this.open();
  }
}

describe("a subscription whose other side is gone without a word", () => {
  let server: Server;
  let proxy: CutProxy;
  let subscription: Subscription;
  before(async () => {
    server = createServer((socket) => {
      socket.on("error", () => {});
      socket.pipe(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => void server.close());
  beforeEach(async () => {
    proxy = await CutProxy.open((server.address() as AddressInfo).port);
    subscription = new Subscription(Number(new URL(proxy.url).port));
    await subscription.open();
  });
  afterEach(async () => {
    subscription.end();
    await proxy.close();
  });

  it("looks open to its socket, is found by its canary, and works again once it was made anew", async () => {
    await eventually(() => subscription.returned > 5, true);
    assert.equal(subscription.found.length, 0);
    proxy.deafen();
    await eventually(() => subscription.found.length, 1);
    const [found] = subscription.found;
    assert.equal(found?.isOpen, true, "the socket has noticed nothing");
    assert.ok((found?.silentMs ?? 0) >= SILENT_AFTER_MS);
    await eventually(() => subscription.returned > 5, true);
    assert.equal(subscription.found.length, 1);
  });

  it("is not claimed of one that works, however busy this process is", async () => {
    await eventually(() => subscription.returned > 5, true);
    const endMs = performance.now() + 3 * SILENT_AFTER_MS;
    while (performance.now() < endMs);
    await eventually(() => subscription.returned > 20, true);
    assert.equal(subscription.found.length, 0);
  });
});
