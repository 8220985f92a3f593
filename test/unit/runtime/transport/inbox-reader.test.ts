import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TransportWorld } from "../../../support/transport-world.ts";

const MINUTE_MS = 60_000;

describe("an inbox", () => {
  it("reads anew what it had not trimmed when its store was out of reach, and handles it once", async () => {
    const world = new TransportWorld(1, { delayMs: 10 });
    const [a, b] = [await world.start("a/1"), await world.start("b/1")];
    for (let left = 50; left > 0; left--) {
      world.send(a, "b/1");
      await world.advance(2);
    }
    world.network.isReachable = false;
    await world.advance(5000);
    world.network.isReachable = true;
    world.send(a, "b/1");
    await world.advance(10_000);
    world.check();
    assert.equal(b.received.get("a/1")?.length, 51);
  });

  it("is made again when the store has forgotten it, and senders send again what was in it", async () => {
    const world = new TransportWorld(2);
    const [a, b] = [await world.start("a/1"), await world.start("b/1")];
    world.send(a, "b/1");
    await world.advance(1000);
    world.network.faults = { ...world.network.faults, addLost: 1 };
    world.send(a, "b/1");
    await world.advance(0);
    world.network.faults = { ...world.network.faults, addLost: 0 };
    world.network.forget();
    world.send(a, "b/1");
    await world.advance(10_000);
    world.check();
    assert.equal(b.received.get("a/1")?.length, 3);
    assert.deepEqual([...new Set(world.log.lines.map(({ event }) => event))], ["transport.inboxLost"]);
  });

  it("gives up what is not handled within a minute, so that it does not grow for ever", async () => {
    const world = new TransportWorld(3);
    const a = await world.start("a/1");
    const b = await world.network.join("b/1");
    b.listen({ receive: () => new Promise(() => {}), adopted: () => {}, returned: () => {} });
    world.send(a, "b/1");
    await world.advance(MINUTE_MS);
    assert.equal(a.transport.kept.get("b/1")?.parcels, 1);
    world.send(a, "b/1");
    await world.advance(10_000);
    assert.equal(a.transport.kept.get("b/1")?.parcels, 1, "only the later one is left");
    assert.deepEqual(
      world.log.lines.map(({ event }) => event),
      ["transport.unhandled"],
    );
  });
});
