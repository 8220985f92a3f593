import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as endOfTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CLOSE_CODES } from "../../../../protocols/client-protocol.ts";
import { Channel } from "../../../../runtime/net/channel.ts";
import { SendPaths } from "../../../support/fake-wire.ts";

const OUTBOUND_BYTES = 262_144;
const PIECE_BYTES = 65_536;
/** Frees what nobody holds. */
const collectGarbage = (): void => {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
};
const KILOBYTE = "x".repeat(1_023);

describe("a client that reads too slowly", () => {
  it("gets its answers in order, none of them lost, once it reads again", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.openSlow();
    const sent = Array.from({ length: 500 }, (_, id) => ({ kind: "published", id, offset: id }) as const);
    for (const frame of sent) outlet.send(frame);
    assert.equal(wire.written.length, 0, "written although nothing is taken");
    wire.drainAll();
    assert.deepEqual(wire.frames, sent);
    assert.equal(outlet.account().state, "open");
  });

  it("gets nothing ahead of what waits, also while it catches up", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.openSlow();
    outlet.sendText("first");
    wire.drain();
    outlet.sendText("second");
    paths.endTurn();
    assert.deepEqual(wire.frames, ["first"]);
    wire.drainAll();
    outlet.sendText("third");
    paths.endTurn();
    assert.deepEqual(wire.frames, ["first", "second", "third"]);
  });

  it("is written to in pieces, each when the one before was taken", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.openSlow();
    for (let index = 0; index < 200; index++) outlet.sendText(KILOBYTE);
    const pieces: number[] = [];
    while (wire.drain()) {
      pieces.push(...wire.written.splice(0).map(({ length }) => length));
      assert.ok(wire.bufferedBytes <= PIECE_BYTES);
    }
    assert.deepEqual(pieces, [PIECE_BYTES, PIECE_BYTES, PIECE_BYTES, 8 * 1_024]);
  });

  it("is not read from while more answers wait than the limit, until it has taken all of them", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.openSlow();
    for (let index = 0; index < 256; index++) outlet.sendText(KILOBYTE);
    assert.equal(outlet.account().bufferedBytes - wire.bufferedBytes, OUTBOUND_BYTES);
    assert.deepEqual([wire.readingPaused, outlet.account().readingPaused], [false, false]);
    outlet.sendText("");
    assert.deepEqual([wire.readingPaused, outlet.account().readingPaused], [true, true]);
    wire.drain();
    assert.equal(wire.readingPaused, true);
    wire.drainAll();
    assert.deepEqual([wire.readingPaused, outlet.account().readingPaused], [false, false]);
  });

  it("is not made to read again by someone else's pause", () => {
    const { wire } = new SendPaths().openSlow();
    wire.pauseReading();
    wire.drainAll();
    assert.equal(wire.readingPaused, true, "resumed what it had not paused");
  });

  it("is closed when it goes on asking for answers that it does not take", () => {
    const { wire, outlet } = new SendPaths().openSlow();
    let answers = 0;
    for (; !outlet.closed && answers < 10_000; answers++) outlet.sendText(KILOBYTE);
    assert.equal(wire.closedFor?.reason, "noProgress");
    assert.equal(answers, 16 * 256 + 1);
  });

  it("is closed with 4408 when it took nothing for 30 seconds", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.openSlow();
    paths.clock.advance(29_999);
    assert.equal(outlet.closed, false);
    paths.clock.advance(1);
    assert.equal(wire.closedFor?.reason, "noProgress");
    assert.equal(CLOSE_CODES.noProgress.code, 4408);
  });

  it("is left alone as long as it takes something every 30 seconds", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.openSlow();
    for (let index = 0; index < 300; index++) outlet.sendText(KILOBYTE);
    for (let piece = 0; piece < 5; piece++) {
      paths.clock.advance(29_999);
      wire.drain();
      assert.equal(wire.closedFor, undefined, `after ${piece + 1} pieces`);
    }
  });

  it("is not closed long after it caught up", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.openSlow();
    outlet.sendText("waits");
    wire.drainAll();
    paths.clock.advance(120_000);
    assert.equal(wire.closedFor, undefined);
  });

  it("does not lend its waiting answers a piece of a pool that would outlive them", () => {
    const { wire, outlet } = new SendPaths().openSlow();
    outlet.sendText("small");
    wire.drain();
    const [piece] = wire.written;
    assert.equal(piece?.buffer.byteLength, piece?.length);
  });

  it("does not keep alive what others were sent in the same turn as what it waits for", async () => {
    const paths = new SendPaths();
    const slow = paths.openSlow();
    const quick = paths.open("quick");
    const [shared, foreign] = [new Channel("chat/a", "dropOldest"), new Channel("chat/b", "dropOldest")];
    for (const channel of [shared, foreign]) channel.attach(quick.outlet, undefined);
    shared.attach(slow.outlet, undefined);
    shared.publishText("small");
    foreign.publishText(KILOBYTE);
    paths.endTurn();
    const written = new WeakRef(quick.wire.written.pop() ?? assert.fail("nothing was written"));
    await endOfTurn();
    collectGarbage();
    assert.ok(written.deref() === undefined, "a small frame that waits keeps a large buffer alive");
    assert.equal(slow.outlet.account().bufferedBytes - slow.wire.bufferedBytes, 6);
  });

  it("keeps other clients of the channel at full speed", () => {
    const paths = new SendPaths(64);
    const slow = paths.openSlow();
    const quick = paths.open("quick");
    const channel = new Channel("chat/a", "dropOldest");
    channel.attach(slow.outlet, undefined);
    channel.attach(quick.outlet, undefined);
    const sent = Array.from({ length: 100 }, (_, index) => `publication ${index}`);
    for (const text of sent) {
      channel.publishText(text);
      paths.endTurn();
    }
    assert.deepEqual(quick.wire.frames, sent);
    assert.equal(quick.wire.written.length, 100);
  });
});
