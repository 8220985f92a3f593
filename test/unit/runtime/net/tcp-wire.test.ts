import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { describe, it } from "node:test";
import { LINE_FRAMING } from "../../../../runtime/net/framing.ts";
import { Outlet } from "../../../../runtime/net/outlet.ts";
import { TcpWire } from "../../../../runtime/net/tcp-wire.ts";
import { tcpJson } from "../../../../runtime/net/wire-format.ts";
import { SendPaths } from "../../../support/fake-wire.ts";
import { Inbound } from "../../../support/inbound.ts";

const FRAME_BYTES_MAX = 40;

/** A TCP socket without a network, whose idle time passes when the test says so. */
class FakeTcpSocket extends Duplex {
  written = "";
  finished = false;
  /** Whether the client takes nothing. */
  stuck = false;
  idleMs = 0;
  #taken: (() => void)[] = [];

  constructor() {
    super({ allowHalfOpen: true, autoDestroy: true });
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.written += chunk.toString();
    if (this.stuck) this.#taken.push(callback);
    else callback();
  }

  override _final(callback: () => void): void {
    this.finished = true;
    callback();
  }

  setTimeout(idleMs: number, onTimeout: () => void): this {
    this.idleMs = idleMs;
    return this.once("timeout", onTimeout);
  }

  /** Lets that time pass without a byte. */
  idle(): void {
    this.emit("timeout");
  }

  /** The client takes what was written so far. */
  takeAll(): void {
    for (const taken of this.#taken.splice(0)) taken();
  }

  says(text: string): void {
    this.emit("data", Buffer.from(text));
  }
}

/** A client on a line port that is heard by an actor. */
function connected() {
  const paths = new SendPaths();
  const socket = new FakeTcpSocket();
  const format = tcpJson(LINE_FRAMING);
  const shape = { framing: LINE_FRAMING, format, frameBytes: FRAME_BYTES_MAX };
  const wire = new TcpWire(socket as unknown as Socket, shape);
  const outlet = new Outlet({ address: "c1", wire, format, share: paths.share });
  const inbound = new Inbound(paths, outlet);
  wire.listen(inbound.intake);
  const texts = (): string[] => inbound.heard.flatMap((told) => (told.kind === "text" ? [told.text] : []));
  const ends = () => inbound.heard.flatMap((told) => (told.kind === "closed" ? [told.end] : []));
  return { paths, socket, wire, outlet, inbound, texts, ends };
}

const events = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe("a TCP connection", () => {
  it("hears frames however they are cut, and answers those of one read with one write", () => {
    const { socket, outlet, inbound, texts } = connected();
    inbound.react = (told) => told.kind === "text" && outlet.sendText(told.text.toUpperCase());
    socket.says("one\ntwo\nth");
    assert.deepEqual(texts(), ["one", "two"]);
    assert.equal(socket.written, "ONE\nTWO\n");
    socket.says("ree\n");
    assert.equal(socket.written, "ONE\nTWO\nTHREE\n");
    socket.destroy();
  });

  it("is closed when a frame is too large, with the reason as a last frame, and hears nothing more", async () => {
    const { socket, texts, ends } = connected();
    socket.says(`good\n${"x".repeat(FRAME_BYTES_MAX + 2)}`);
    socket.says("late\n");
    const refused = { kind: "refused", code: "tooLarge", text: "a frame may have 40 bytes" };
    assert.equal(socket.written, `${JSON.stringify(refused)}\n`);
    assert.deepEqual(texts(), ["good"]);
    socket.destroy();
    await events();
    assert.deepEqual(ends(), [{ code: 4413, text: "a frame may have 40 bytes" }]);
  });

  it("is cut off when the client does not take the end for five seconds", () => {
    const { socket, outlet } = connected();
    socket.stuck = true;
    outlet.sendText("answer");
    outlet.close("draining");
    assert.deepEqual([socket.idleMs, socket.destroyed], [5_000, false]);
    socket.idle();
    assert.equal(socket.destroyed, true);
  });

  it("that breaks is reported as 1006", async () => {
    const { socket, ends } = connected();
    socket.destroy(new Error("reset"));
    await events();
    assert.deepEqual(ends(), [{ code: 1006, text: "" }]);
  });

  it("gives the client the whole time to take the end when its own side ends meanwhile", () => {
    const { socket, outlet } = connected();
    socket.stuck = true;
    outlet.close("draining");
    socket.emit("end");
    assert.equal(socket.idleMs, 5_000);
    socket.destroy();
  });
});

describe("a client that ends its side", () => {
  it("still gets its answers, and then the end", async () => {
    const { paths, socket, outlet, ends } = connected();
    socket.says("question\n");
    socket.emit("end");
    outlet.sendText("late answer");
    paths.endTurn();
    assert.equal(socket.written, "late answer\n");
    assert.deepEqual([socket.idleMs, socket.writableEnded], [500, false]);
    socket.idle();
    await events();
    assert.equal(socket.finished, true);
    socket.destroy();
    await events();
    assert.deepEqual(ends(), [{ code: 1000, text: "" }]);
  });

  it("is told when it ended in the middle of a frame", () => {
    const { paths, socket, texts } = connected();
    socket.says("whole\nhal");
    socket.emit("end");
    paths.endTurn();
    assert.deepEqual(texts(), ["whole"]);
    const refused = {
      kind: "refused",
      code: "halfFrame",
      text: "the connection ended in the middle of a frame",
    };
    assert.equal(socket.written, `${JSON.stringify(refused)}\n`);
    socket.destroy();
  });

  it("in the middle of a frame is told that it was not heard", () => {
    const { paths, socket, texts } = connected();
    socket.says("whole\nhal");
    socket.emit("end");
    paths.endTurn();
    assert.deepEqual(texts(), ["whole"]);
    assert.match(socket.written, /"kind":"refused","code":"halfFrame"/);
    socket.destroy();
  });

  it("gets also those answers that wait for it when it reads with pauses", async () => {
    const { paths, socket, outlet } = connected();
    socket.stuck = true;
    outlet.sendText("first");
    paths.endTurn();
    outlet.sendText("second");
    socket.emit("end");
    socket.idle();
    socket.stuck = false;
    socket.takeAll();
    await events();
    assert.equal(socket.written, "first\nsecond\n");
    assert.equal(socket.finished, true);
    assert.equal(socket.errored, null);
    socket.destroy();
  });

  it("and then reads nothing does not hold its socket for ever", () => {
    const { paths, socket, outlet } = connected();
    socket.stuck = true;
    outlet.sendText("never read");
    paths.endTurn();
    socket.emit("end");
    socket.idle();
    paths.clock.advance(30_000);
    socket.idle();
    assert.equal(socket.destroyed, true);
  });
});
