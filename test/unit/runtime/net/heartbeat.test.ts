import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SendPaths } from "../../../support/fake-wire.ts";

const DUE = { kind: "pingDue" };

function openConnection() {
  const paths = new SendPaths();
  const { outlet } = paths.open();
  outlet.open(outlet as never);
  return { paths, outlet };
}

describe("the heartbeat of a socket", () => {
  it("reminds the connection first at its moment, then once a period", () => {
    const { paths, outlet } = openConnection();
    outlet.deliver({ kind: "expectSigns", firstMs: 300, everyMs: 1_000 }, undefined);
    paths.clock.advance(299);
    assert.deepEqual(paths.told, []);
    paths.clock.advance(1);
    assert.deepEqual(paths.told, [DUE]);
    paths.clock.advance(2_000);
    assert.deepEqual(paths.told, [DUE, DUE, DUE]);
  });

  it("beats no longer when the socket has closed", () => {
    const { paths, outlet } = openConnection();
    outlet.expectSigns(300, 1_000);
    outlet.close("goingAway");
    paths.clock.advance(5_000);
    assert.deepEqual(paths.told, []);
  });

  it("starts anew when it is asked for again", () => {
    const { paths, outlet } = openConnection();
    outlet.expectSigns(300, 1_000);
    outlet.expectSigns(500, 1_000);
    paths.clock.advance(499);
    assert.deepEqual(paths.told, []);
    paths.clock.advance(1);
    assert.deepEqual(paths.told, [DUE]);
  });
});
