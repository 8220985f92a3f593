import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RegistryWatcherProtocol } from "../../../../protocols/registry-key.ts";
import { defineActor } from "../../../../runtime/actor/define-actor.ts";
import { MEMBERS_MAX, REGISTRY_TYPE } from "../../../../runtime/registry/registry-key.ts";
import { Registry } from "../../../../runtime/registry/registry.ts";
import { EntityWorld } from "../../../support/entity-world.ts";
import { RegionWorld } from "../../../support/region-world.ts";
import type { RegionNode } from "../../../support/region-world.ts";
import { ListenerOfRegister } from "../../../support/register.ts";

interface Town {
  readonly world: RegionWorld;
  readonly nodes: readonly RegionNode[];
  readonly registries: Map<RegionNode, Registry>;
}

async function town(...names: string[]): Promise<Town> {
  const world = new RegionWorld();
  const nodes = await world.start(...names);
  const registries = new Map(nodes.map((node) => [node, new Registry(node.system, node.entities)]));
  await world.advance(1_000);
  return { world, nodes, registries };
}

/** Who is registered under a key as a node sees it: the nodes and paths, without the numbers of the spawns. */
async function listed({ world, registries }: Town, seenFrom: RegionNode, key: string): Promise<string[]> {
  const members = await world.during(registries.get(seenFrom)!.list(key, 20_000));
  return members
    .map(({ address }) => {
      const [, node, path] = /^actor:(\w+)%2F\d+:(.*)#\d+$/.exec(address) ?? [];
      return node === undefined ? `${seenFrom.name} ${address.replace(/#.*/, "")}` : `${node} ${path}`;
    })
    .toSorted();
}

/** A key whose place is at a node, and at none of the others. */
async function keyAt({ world, nodes }: Town, node: RegionNode): Promise<string> {
  for (let count = 0; count < 1_000; count++) {
    const key = `k${count}`;
    const found = await world.during(nodes[0]!.region.whereIs({ type: REGISTRY_TYPE, id: key }));
    if (found.kind === "free" && found.belongsTo === node.incarnation) return key;
  }
  throw new Error(`no key belongs to ${node.name}`);
}

/** Somebody to be found: ends when it hears anything. */
const found = defineActor({
  protocol: ListenerOfRegister,
  initialState: () => undefined,
  handlers: {
    heard: (_state, _message, context) => context.stopSelf(),
    what: (_state, _message, context) => context.reply({ kind: "heard", texts: [] }),
  },
});

/** Notes how many it is told of, and ends when it hears of the key `end`. */
const watcher = (heard: string[]) =>
  defineActor({
    protocol: RegistryWatcherProtocol,
    initialState: () => undefined,
    handlers: {
      registryChanged(_state, { key, members }, context) {
        heard.push(String(members.length));
        if (key === "end") context.stopSelf();
      },
    },
  });

describe("the registry of a cluster", () => {
  it("finds from every node who is registered at any, until they are taken out or stop", async () => {
    const one = await town("a", "b", "c");
    const [a, b, c] = one.nodes;
    const [first, second] = [a!.system.spawn(found, "first"), b!.system.spawn(found, "second")];
    const registered = one.registries.get(a!)!.register("printers", first);
    assert.deepEqual(await one.world.during(registered), { kind: "registered" });
    await one.world.during(one.registries.get(b!)!.register("printers", second));
    await one.world.during(one.registries.get(b!)!.register("printers", second));
    for (const node of one.nodes) {
      assert.deepEqual(await listed(one, node, "printers"), ["a /first", "b /second"]);
    }
    one.registries.get(a!)!.unregister("printers", first);
    await one.world.advance(100);
    assert.deepEqual(await listed(one, c!, "printers"), ["b /second"]);
    c!.system.tell((await one.world.during(one.registries.get(c!)!.list("printers")))[0]!, {
      kind: "heard",
      text: "",
    });
    await one.world.advance(100);
    assert.deepEqual(await listed(one, c!, "printers"), []);
    assert.deepEqual(await one.world.during(one.registries.get(b!)!.own()), []);
  });

  it("forgets whoever has stopped under every key, also who watches what it is registered under", async () => {
    const world = new EntityWorld();
    const { system } = world.virtual;
    const registry = new Registry(system, world.host);
    const heard: string[] = [];
    const both = system.spawn(watcher(heard), "both");
    const one = system.spawn(found, "one");
    const counts = async (): Promise<number[]> => {
      const lists = ["x", "y", "z"].map((key) => registry.list(key));
      await world.virtual.settle();
      return (await Promise.all(lists)).map(({ length }) => length);
    };
    for (const key of ["x", "y", "z"]) {
      const entered = [registry.register(key, one), registry.register(key, both as never)];
      registry.watch(key, both);
      await world.virtual.settle();
      await Promise.all(entered);
    }
    registry.unregister("z", one);
    registry.unwatch("z", both);
    await world.virtual.settle();
    assert.deepEqual(await counts(), [2, 2, 1]);
    system.tell(one, { kind: "heard", text: "" });
    system.tell(both, { kind: "registryChanged", key: "end", members: [] });
    await world.virtual.advance(1_000);
    assert.deepEqual(await counts(), [0, 0, 0]);
    const own = registry.own();
    await world.virtual.advance(60_000);
    assert.deepEqual(await own, []);
    assert.equal(world.host.activeCount, 0);
  });

  it("forgets those of a node that has died, and tells who watches", async () => {
    const one = await town("a", "b", "c");
    const [a, b, c] = one.nodes;
    const key = await keyAt(one, c!);
    const heard: string[] = [];
    one.registries.get(a!)!.watch(key, a!.system.spawn(watcher(heard), "watcher"));
    await one.world.during(one.registries.get(a!)!.register(key, a!.system.spawn(found, "one")));
    await one.world.during(one.registries.get(b!)!.register(key, b!.system.spawn(found, "two")));
    await one.world.advance(100);
    assert.deepEqual(heard, ["0", "1", "2"]);
    b!.kill();
    await one.world.advance(10_000);
    assert.deepEqual(await listed(one, c!, key), ["a /one"]);
    assert.equal(heard.at(-1), "1");
  });

  it("is whole again after the node was lost on which a key had its place, and after that was moved", async () => {
    const one = await town("a", "b", "c");
    const [a, b, c] = one.nodes;
    const key = await keyAt(one, c!);
    const heard: string[] = [];
    one.registries.get(b!)!.watch(key, b!.system.spawn(watcher(heard), "watcher"));
    for (const node of [a!, b!]) {
      await one.world.during(one.registries.get(node)!.register(key, node.system.spawn(found, "member")));
    }
    c!.kill();
    await one.world.advance(12_000);
    assert.deepEqual(await listed(one, a!, key), ["a /member", "b /member"]);
    const joined = await one.world.join("d");
    one.registries.set(joined, new Registry(joined.system, joined.entities));
    await one.world.advance(3_000);
    assert.deepEqual(await listed(one, joined, key), ["a /member", "b /member"]);
    await one.world.during(b!.leave());
    await one.world.advance(3_000);
    assert.deepEqual(await listed(one, joined, key), ["a /member"]);
    assert.ok(heard.includes("2"));
  });

  it("lets no more in under a key than it may hold, and leaves memory when nobody is in it", async () => {
    const world = new EntityWorld();
    const registry = new Registry(world.virtual.system, world.host);
    const during = async <T>(promise: Promise<T>): Promise<T> => {
      await world.virtual.settle();
      return promise;
    };
    const members = Array.from({ length: MEMBERS_MAX + 1 }, (_, index) =>
      world.virtual.system.spawn(found, `m${index}`),
    );
    const kinds = new Set<string>();
    for (const member of members.slice(0, MEMBERS_MAX)) {
      kinds.add((await during(registry.register("full", member))).kind);
    }
    assert.deepEqual([...kinds], ["registered"]);
    const last = await during(registry.register("full", members[MEMBERS_MAX]!));
    assert.deepEqual([last.kind, "code" in last && last.code], ["refused", "tooManyMembers"]);
    for (const member of members) registry.unregister("full", member);
    await world.virtual.advance(20_000);
    assert.equal(world.host.activeCount, 0);
    assert.deepEqual(await during(registry.list("full")), []);
  });
});
