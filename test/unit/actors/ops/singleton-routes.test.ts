import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NodeWatch } from "../../../../actors/ops/node-watch.ts";
import { singletonRoutes } from "../../../../actors/ops/singleton-routes.ts";
import { Registry } from "../../../../runtime/registry/registry.ts";
import { Singletons } from "../../../../runtime/sharding/singletons.ts";
import { EntityWorld } from "../../../support/entity-world.ts";
import { opsCall, refusalOf } from "../../../support/ops-call.ts";
import { ScriptedCluster } from "../../../support/scripted-cluster.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

function office(cluster: ScriptedCluster | undefined) {
  const world = new EntityWorld();
  const { system } = world.virtual;
  const singletons = new Singletons(system, world.host);
  const registry = new Registry(system, world.host);
  singletons.offer(NodeWatch, {}, { cluster: cluster ?? new ScriptedCluster() });
  const routes = singletonRoutes({ cluster, singletons, registry, node: "a" });
  const get = async (target: string) => {
    const answer = opsCall(routes, "GET", target);
    await world.virtual.settle();
    return answer;
  };
  return { world, registry, get };
}

describe("the operators' view of singletons", () => {
  it("names the node that has each, or gets it, or that nobody does", async () => {
    const cluster = new ScriptedCluster().has({ "a/first": "up", "b/first": "up" });
    const { get } = office(cluster);
    const shown = async () => {
      const { body } = await get("/v1/singletons");
      const [one] = (body as { singletons: [Readonly<Record<string, unknown>>] }).singletons;
      return [one["address"], one["standing"], one["node"], one["ownerEpoch"]];
    };
    assert.deepEqual(await shown(), ["entity:node-watch/only", "nowhere", undefined, undefined]);
    cluster.whereabouts = { kind: "free", belongsTo: "b/first" };
    assert.deepEqual(await shown(), ["entity:node-watch/only", "moving", "b", undefined]);
    cluster.whereabouts = { kind: "owned", by: { node: "b", incarnation: "b/first", ownerEpoch: 7 } };
    assert.deepEqual(await shown(), ["entity:node-watch/only", "running", "b", 7]);
  });

  it("of a node that stands alone shows its own", async () => {
    const { world, get } = office(undefined);
    await world.virtual.advance(100);
    const { body } = await get("/v1/singletons");
    assert.deepEqual(body, {
      singletons: [{ type: "node-watch", address: "entity:node-watch/only", standing: "running", node: "a" }],
    });
  });

  it("shows who is registered under a key, and what this node has registered", async () => {
    const { world, registry, get } = office(undefined);
    const member = world.virtual.spawn("printer");
    const registered = registry.register("printers", member);
    await world.virtual.settle();
    assert.deepEqual(await registered, { kind: "registered" });
    const keys = [{ key: "printers", members: [member.address] }];
    assert.deepEqual((await get("/v1/registry?key=printers")).body, { keys });
    assert.deepEqual((await get("/v1/registry")).body, { keys });
    assert.deepEqual((await get("/v1/registry?key=nobody")).body, { keys: [{ key: "nobody", members: [] }] });
    assert.deepEqual(refusalOf(await get("/v1/registry?colour=red")).slice(0, 1), [400]);
  });
});

describe("the watch over the nodes", () => {
  it("tells once that a node was lost, not that one has left, and that it is back", async () => {
    const virtual = new VirtualSystem();
    const cluster = new ScriptedCluster().has({ "a/first": "up", "b/first": "up" });
    virtual.system.spawn(NodeWatch, "watch", { cluster });
    const said = () =>
      virtual.log.lines
        .filter(({ event }) => event.startsWith("cluster.node"))
        .map(({ event, fields }) => `${event} ${String(fields["node"])}`);
    await virtual.advance(10_000);
    assert.deepEqual(said(), []);
    cluster.has({ "a/first": "up", "b/first": "dead" });
    await virtual.advance(10_000);
    assert.deepEqual(said(), ["cluster.nodeLost b"]);
    cluster.has({ "a/first": "up", "b/first": "dead", "b/second": "up" });
    await virtual.advance(10_000);
    assert.deepEqual(said(), ["cluster.nodeLost b", "cluster.nodeBack b"]);
  });
});
