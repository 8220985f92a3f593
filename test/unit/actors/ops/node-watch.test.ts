import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NodeWatch } from "../../../../actors/ops/node-watch.ts";
import type { MemberState } from "../../../../runtime/membership/member-view.ts";
import { ScriptedCluster } from "../../../support/scripted-cluster.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** A watch over nodes in these states, and what it has logged since the last look. */
function watchOver() {
  const virtual = new VirtualSystem();
  const cluster = new ScriptedCluster().has({});
  virtual.system.spawn(NodeWatch, "watch", { cluster });
  return async (states: Readonly<Record<string, MemberState>>): Promise<string[]> => {
    cluster.has(states);
    const { lines } = virtual.log;
    lines.length = 0;
    await virtual.advance(2_000);
    return lines.map(({ event, fields }) => `${event} ${String(fields["node"])}`);
  };
}

describe("the watch over all nodes", () => {
  it("tells once that a node is lost, and once that it is back; services on Redis are no nodes", async () => {
    const look = watchOver();
    assert.deepEqual(await look({ "a/1": "dead", "service/1": "dead" }), ["cluster.nodeLost a"]);
    assert.deepEqual(await look({ "a/1": "dead" }), []);
    assert.deepEqual(await look({ "a/1": "dead", "a/2": "up" }), ["cluster.nodeBack a"]);
    assert.deepEqual(await look({ "a/1": "dead", "a/2": "up" }), []);
  });

  it("that begins anew on another node knows who is lost, and tells only what is new", async () => {
    const virtual = new VirtualSystem();
    const cluster = new ScriptedCluster().has({ "a/1": "dead", "b/1": "dead", "b/2": "up", "c/1": "up" });
    virtual.clock.advance(600_000);
    virtual.system.spawn(NodeWatch, "watch", { cluster });
    const lines = () =>
      virtual.log.lines.splice(0).map(({ event, fields }) => `${event} ${String(fields["node"])}`);
    await virtual.advance(2_000);
    assert.deepEqual(lines(), [], "all of that was told long ago");
    cluster.has({ "a/1": "dead", "b/1": "dead", "b/2": "up", "c/1": "up", "a/2": "up" });
    await virtual.advance(2_000);
    assert.deepEqual(lines(), ["cluster.nodeBack a"]);
  });

  it("forgets of too many lost nodes that of longest ago", async () => {
    const look = watchOver();
    const names = Array.from({ length: 201 }, (_, index) => [`n${index}/1`, "dead"] as const);
    for (const some of [names.slice(0, 150), names.slice(150)]) await look(Object.fromEntries(some));
    assert.deepEqual(await look({ "n0/2": "up" }), []);
    assert.deepEqual(await look({ "n1/2": "up" }), ["cluster.nodeBack n1"]);
  });
});
