import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Routes } from "../../../../runtime/sharding/routes.ts";
import { TURNED_AWAY_MAX, TurnedAway } from "../../../../runtime/sharding/turned-away.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

describe("the routes to entities of other nodes", () => {
  it("are kept while letters may be on their way, and forgotten for others when there is no room", () => {
    const clock = new VirtualClock();
    const routes = new Routes(clock, 2);
    assert.ok(routes.set("one", "a"));
    assert.ok(routes.set("two", "a"));
    assert.equal(routes.set("three", "a"), false);
    clock.advance(9_000);
    routes.get("two");
    clock.advance(1_000);
    assert.ok(routes.set("three", "b"));
    assert.deepEqual([routes.get("one"), routes.get("two"), routes.get("three")], [undefined, "a", "b"]);
  });

  it("end with the node to which they lead", () => {
    const routes = new Routes(new VirtualClock());
    routes.set("one", "a");
    routes.set("two", "b");
    assert.deepEqual(routes.to("a"), ["one"]);
    routes.nodeEnded("a");
    assert.deepEqual([routes.get("one"), routes.get("two"), routes.size], [undefined, "b", 1]);
  });
});

describe("who was turned away", () => {
  it("stays so until the sender knows, or ends", () => {
    const turned = new TurnedAway();
    assert.ok(
      turned.add("a", "one") && turned.add("a", "one") && turned.add("a", "two") && turned.add("b", "one"),
    );
    turned.delete("a", "one");
    turned.delete("a", "one");
    assert.deepEqual([turned.has("a", "one"), turned.has("b", "one"), turned.size], [false, true, 2]);
    turned.nodeEnded("a");
    assert.deepEqual([turned.has("a", "two"), turned.size], [false, 1]);
  });

  it("is bounded", () => {
    const turned = new TurnedAway();
    for (let index = 0; index < TURNED_AWAY_MAX; index++) turned.add("a", `r${index}`);
    assert.equal(turned.add("a", "one more"), false);
    assert.ok(turned.add("a", "r1"));
  });
});
