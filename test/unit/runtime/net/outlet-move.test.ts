import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Channel } from "../../../../runtime/net/channel.ts";
import { Outlet } from "../../../../runtime/net/outlet.ts";
import type { Unsent } from "../../../../runtime/net/outlet.ts";
import { FakeWire, SendPaths } from "../../../support/fake-wire.ts";

const OUTBOUND_BYTES = 1_000;
const LINE = "x".repeat(99);

/** The send path of the same client in another process. */
function moved(paths: SendPaths, { latest, pieces, passed }: Unsent, isSlow = false) {
  const wire = new FakeWire();
  wire.slow = isSlow;
  const { format, share } = paths;
  const outlet = new Outlet({ address: "client", wire, format, share, before: passed });
  outlet.sendFirst(latest, pieces);
  return { wire, outlet };
}

function publication(offset: number) {
  return { kind: "publication", room: "r", offset, from: "f", data: LINE, atMs: 0 } as const;
}

describe("an outlet whose socket goes to another process", () => {
  it("writes what is pending, and owes nothing to a client that keeps up", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.open();
    outlet.sendText("last");
    const { latest, pieces } = outlet.takeUnsent();
    assert.deepEqual(wire.frames, ["last"]);
    assert.deepEqual([latest.length, pieces.length], [0, 0]);
    outlet.sendText("too late");
    paths.endTurn();
    assert.deepEqual(wire.frames, ["last"]);
    assert.equal(wire.closedFor, undefined, "the socket was closed");
  });

  it("gives out what was written last and all that waits, and the client gets everything in order", () => {
    const paths = new SendPaths();
    const slow = paths.openSlow();
    const texts = Array.from({ length: 900 }, (_, index) => `${index} ${LINE}`);
    for (const text of texts) slow.outlet.sendText(text);
    const unsent = slow.outlet.takeUnsent();
    assert.equal(unsent.latest.toString(), "full\n");
    assert.ok(unsent.pieces.length > 1, "is not in pieces");
    const { wire, outlet } = moved(paths, unsent, true);
    outlet.sendText("new");
    wire.drainAll();
    assert.deepEqual(wire.frames, ["full", ...texts, "new"]);
    assert.equal(outlet.account().state, "open");
  });

  it("gives out the piece that was written last while a client catches up", () => {
    const paths = new SendPaths();
    const { wire, outlet } = paths.openSlow();
    outlet.sendText("second");
    wire.drain();
    outlet.sendText("third");
    const unsent = outlet.takeUnsent();
    assert.equal(unsent.latest.toString(), "second\n");
    assert.deepEqual(unsent.pieces.map(String), ["third\n"]);
  });

  it("goes on with its account", () => {
    const paths = new SendPaths(OUTBOUND_BYTES);
    const channel = new Channel("room", "skipAndRecover");
    const { outlet } = paths.openSlow();
    channel.attach(outlet, undefined);
    for (let offset = 1; offset <= 20; offset++) channel.publish(publication(offset));
    const before = outlet.account();
    const { outlet: after, wire } = moved(paths, outlet.takeUnsent());
    assert.deepEqual(after.account().drops, before.drops);
    assert.equal(after.account().bytesOut, before.bytesOut);
    wire.drainAll();
    assert.ok(after.account().bytesOut > before.bytesOut);
  });

  it("says behind what waits where a subscriber has to catch up, before anything new", () => {
    const paths = new SendPaths(OUTBOUND_BYTES);
    const channel = new Channel("room", "skipAndRecover");
    const { outlet } = paths.openSlow();
    channel.attach(outlet, undefined);
    for (let offset = 1; offset <= 20; offset++) channel.publish(publication(offset));
    const unsent = outlet.takeUnsent();
    assert.equal(channel.size, 0, "is still subscribed");
    const next = moved(paths, unsent, true);
    next.outlet.send(publication(21));
    next.wire.drainAll();
    const told = (next.wire.frames as { kind: string; offset: number }[]).slice(1);
    const kept = told.findIndex(({ kind }) => kind === "skipped");
    assert.ok(kept > 0, "nothing was skipped");
    assert.deepEqual(told.slice(kept), [{ kind: "skipped", room: "r", offset: 20 }, publication(21)]);
    assert.deepEqual(
      told.slice(0, kept).map(({ offset }) => offset),
      Array.from({ length: kept }, (_, index) => index + 1),
    );
  });

  it("goes on not to read from a client that owes it the reading of too much", () => {
    const paths = new SendPaths(OUTBOUND_BYTES);
    const { outlet } = paths.openSlow();
    for (let index = 0; index < 20; index++) outlet.sendText(LINE);
    const next = moved(paths, outlet.takeUnsent(), true);
    next.wire.pauseReading();
    next.outlet.open({ address: "actor" } as never);
    assert.equal(next.wire.readingPaused, true);
    next.wire.drainAll();
    assert.equal(next.wire.readingPaused, false);
  });

  it("reads nothing more once it rests, though the client catches up, until it is told to go on", () => {
    const paths = new SendPaths(OUTBOUND_BYTES);
    const { wire, outlet } = paths.openSlow();
    for (let index = 0; index < 20; index++) outlet.sendText(LINE);
    outlet.restReading();
    wire.drainAll();
    outlet.open({ address: "actor" } as never);
    assert.equal(wire.readingPaused, true);
    outlet.goOnReading();
    assert.equal(wire.readingPaused, false);
  });
});
