import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crash, own, script, spawns, work } from "../../../support/script.ts";
import type { ScriptRef } from "../../../support/script.ts";
import { Probe } from "../../../support/probe.ts";
import { defineProtocol } from "../../../../protocols/protocol.ts";
import type { LocalRef } from "../../../../runtime/kernel/local-ref.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const stopSelf = work((context) => context.stopSelf());
const watching = (target: ScriptRef, text = "gone") => work((context) => context.watch(target, own(text)));

describe("watch", () => {
  it("tells of a stop exactly once", async () => {
    const world = new VirtualSystem();
    const [watcher, target] = [world.spawn("watcher"), world.spawn("target")];
    world.tell(watcher, watching(target));
    await world.settle();
    world.tell(target, stopSelf);
    await world.advance(60_000);
    assert.deepEqual(world.notes("/watcher"), ["gone"]);
  });

  it("tells at once of a target that has already stopped, each time it is asked for", async () => {
    const world = new VirtualSystem();
    const [watcher, target] = [world.spawn("watcher"), world.spawn("target")];
    world.tell(target, stopSelf);
    await world.settle();
    world.tell(watcher, watching(target, "first"));
    world.tell(watcher, watching(target, "second"));
    await world.settle();
    assert.deepEqual(world.notes("/watcher"), ["first", "second"]);
  });

  it("keeps one watch for each target: the latest words count", async () => {
    const world = new VirtualSystem();
    const [watcher, target] = [world.spawn("watcher"), world.spawn("target")];
    world.tell(watcher, watching(target, "first"));
    world.tell(watcher, watching(target, "second"));
    world.tell(target, stopSelf);
    await world.settle();
    assert.deepEqual(world.notes("/watcher"), ["second"]);
  });

  it("tells only when the target is stopped for good: after its afterStop, not after a crash", async () => {
    const world = new VirtualSystem();
    const watcher = world.spawn("watcher");
    const target = world.spawn("target", { afterStop: () => new Promise(() => {}), stopWithinMs: 100 });
    world.tell(watcher, watching(target));
    world.tell(target, crash);
    await world.advance(1_000);
    assert.equal(world.node("/target").restarts, 1);
    world.tell(target, stopSelf);
    await world.advance(99);
    assert.deepEqual(world.notes("/watcher"), []);
    await world.advance(1);
    assert.deepEqual(world.notes("/watcher"), ["gone"]);
  });

  it("tells nothing after unwatch", async () => {
    const world = new VirtualSystem();
    const [watcher, target] = [world.spawn("watcher"), world.spawn("target")];
    world.tell(watcher, watching(target));
    world.tell(
      watcher,
      work((context) => context.unwatch(target)),
    );
    await world.settle();
    world.tell(target, stopSelf);
    await world.settle();
    assert.deepEqual(world.notes("/watcher"), []);
  });

  it("can be taken back and given again within one turn", async () => {
    const world = new VirtualSystem();
    const [watcher, target] = [world.spawn("watcher"), world.spawn("target")];
    world.tell(
      watcher,
      work((context) => {
        context.unwatch(target);
        context.watch(target, own("first"));
        context.unwatch(target);
        context.watch(target, own("second"));
      }),
    );
    world.tell(target, stopSelf);
    await world.settle();
    assert.deepEqual(world.notes("/watcher"), ["second"]);
  });

  it("tells of a child that is started, watched and stopped in one turn", async () => {
    const world = new VirtualSystem();
    const watcher = world.spawn("watcher");
    world.tell(
      watcher,
      work((context) => {
        const child = context.spawn(script(), "child");
        context.watch(child, own("gone"));
        context.stopChild(child);
        assert.equal(context.children().size, 0);
        context.spawn(script(), "child");
      }),
    );
    await world.settle();
    assert.deepEqual(world.notes("/watcher"), ["gone"]);
    assert.equal(world.node("/watcher/child").state, "running");
  });

  it("ends with the watcher's life", async () => {
    const world = new VirtualSystem();
    const [watcher, stopped, target] = [
      world.spawn("watcher"),
      world.spawn("stopped"),
      world.spawn("target"),
    ];
    world.tell(watcher, watching(target));
    world.tell(stopped, watching(target));
    world.tell(watcher, crash);
    world.tell(stopped, stopSelf);
    await world.advance(1_000);
    world.tell(target, stopSelf);
    await world.settle();
    assert.deepEqual(world.notes("/watcher"), []);
    assert.equal(world.system.deadLetters.recent().filter(({ kind }) => kind === "own").length, 0);
  });

  it("tells all who watch, and an actor may watch many", async () => {
    const world = new VirtualSystem();
    const targets = [1, 2, 3].map((n) => world.spawn(`target-${n}`));
    for (const name of ["w1", "w2"]) {
      const watcher = world.spawn(name);
      for (const target of targets) world.tell(watcher, watching(target, target.address));
    }
    for (const target of targets) world.tell(target, stopSelf);
    await world.settle();
    assert.deepEqual(
      world.notes("/w1"),
      targets.map(({ address }) => address),
    );
    assert.deepEqual(world.notes("/w2"), world.notes("/w1"));
  });

  it("lets a supervisor start a child anew under its name when it hears of the stop", async () => {
    const world = new VirtualSystem();
    const parent = world.spawn("parent");
    world.tell(parent, spawns({ child: {} }));
    await world.settle();
    const first = world.at("/parent/child");
    world.tell(parent, watching(first));
    world.tell(first, stopSelf);
    await world.settle();
    assert.deepEqual(world.notes("/parent"), ["gone"]);
    world.tell(parent, spawns({ child: {} }));
    await world.settle();
    assert.equal(world.node("/parent").failed, 0);
    assert.notEqual(world.at("/parent/child").address, first.address);
  });

  it("is refused in words for what is no actor of this process", async () => {
    const world = new VirtualSystem();
    const probe = new Probe(defineProtocol({ name: "probe", version: 1 }), "/elsewhere");
    const watcher = world.spawn("watcher");
    world.tell(
      watcher,
      work((context) => context.watch(probe, own("gone"))),
    );
    await world.settle();
    assert.match(
      world.node("/watcher").lastFailure?.message ?? "",
      /\/elsewhere is not an actor of this process/,
    );
  });

  it("is not needed by a parent that tells itself of each child that has stopped for good, by what that was started with", async () => {
    const world = new VirtualSystem();
    const parent = world.spawn("parent", { childStopped: (args: string) => own(`${args} gone`) });
    const { cell } = parent as unknown as LocalRef;
    for (const name of ["a", "b"]) world.system.spawnUnder(cell, script(), name, name.toUpperCase());
    world.tell(world.at("/parent/a"), crash);
    await world.advance(1_000);
    assert.deepEqual(world.notes("/parent"), []);
    world.tell(world.at("/parent/a"), stopSelf);
    await world.advance(60_000);
    assert.deepEqual(world.notes("/parent"), ["A gone"]);
    assert.equal(cell.extras?.watching, undefined);
  });
});

describe("a parent that tells itself of each child that has stopped", () => {
  const gone = { childStopped: (args: string) => own(`${args} gone`) };
  const spawnUnder = (world: VirtualSystem, parent: ScriptRef, child: ReturnType<typeof script>): void =>
    void world.system.spawnUnder((parent as unknown as LocalRef).cell, child, "child", "A");

  it("hears of one that its supervision has given up, and of one that is stopped before it has begun", async () => {
    const world = new VirtualSystem();
    const parent = world.spawn("parent", {
      ...gone,
      supervision: { whenExhausted: "stop", budget: { max: 1, withinMs: 60_000 } },
    });
    spawnUnder(world, parent, script());
    for (let crashes = 0; crashes < 2; crashes++) {
      world.tell(world.at("/parent/child"), crash);
      await world.advance(1_000);
    }
    assert.deepEqual(world.notes("/parent"), ["A gone"]);
    spawnUnder(world, parent, script({ initialState: () => new Promise(() => {}) }));
    world.system.steering.steer("stop", { path: "/parent/child" });
    await world.advance(60_000);
    assert.deepEqual(world.notes("/parent"), ["A gone", "A gone"]);
  });

  it("fails when it cannot say it, and the child has stopped all the same", async () => {
    const world = new VirtualSystem();
    const parent = world.spawn("parent", {
      childStopped: () => {
        throw new Error("no words");
      },
    });
    spawnUnder(world, parent, script());
    const ends: string[] = [];
    const watcher = world.spawn("watcher");
    world.tell(watcher, watching(world.at("/parent/child")));
    await world.settle();
    world.tell(world.at("/parent/child"), stopSelf);
    await world.advance(1_000);
    assert.equal(world.node("/parent").lastFailure?.message, "no words");
    assert.deepEqual(world.notes("/watcher"), ["gone"]);
    spawnUnder(world, parent, script({ afterStop: () => void ends.push("child") }));
    world.tell(watcher, watching(parent, "parent gone"));
    await world.settle();
    world.system.steering.steer("stop", { path: "/parent" });
    await world.advance(60_000);
    assert.deepEqual(ends, ["child"]);
    assert.deepEqual(world.notes("/watcher"), ["gone", "parent gone"]);
    assert.equal(
      world.node("/").children?.some(({ path }) => path === "/parent"),
      false,
    );
  });
});
