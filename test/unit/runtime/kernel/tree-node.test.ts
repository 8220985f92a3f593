import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crash, newNotes, note, script, spawns } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

async function forest(): Promise<VirtualSystem> {
  const world = new VirtualSystem();
  world.tell(world.spawn("oak"), spawns({ branch: {}, twig: {} }));
  world.spawn("fir", { type: "conifer" });
  await world.settle();
  world.tell(world.at("/oak/branch"), spawns({ leaf: {} }));
  await world.settle();
  world.tell(world.at("/oak/branch/leaf"), spawns({ vein: {} }));
  await world.settle();
  return world;
}

const namesBelow = (node: { children?: readonly { name: string }[] } | undefined): string[] =>
  (node?.children ?? []).map(({ name }) => name);

describe("description of the tree", () => {
  it("begins at the root, under the system's name, three levels deep", async () => {
    const world = await forest();
    const tree = world.system.describe();
    assert.deepEqual([tree?.name, tree?.path, tree?.type], ["test", "/", "root"]);
    assert.deepEqual(namesBelow(tree), ["oak", "fir"]);
    const leaf = tree?.children?.[0]?.children?.[0]?.children?.[0];
    assert.deepEqual([leaf?.path, leaf?.childCount, leaf?.children], ["/oak/branch/leaf", 1, undefined]);
  });

  it("goes as deep as it is asked to", async () => {
    const world = await forest();
    assert.equal(world.system.describe({ depth: 0 })?.children, undefined);
    assert.equal(world.system.describe({ depth: 0 })?.childCount, 2);
    assert.deepEqual(namesBelow(world.system.describe({ depth: 1 })), ["oak", "fir"]);
    const deep = world.system.describe({ depth: 9 });
    assert.equal(
      deep?.children?.[0]?.children?.[0]?.children?.[0]?.children?.[0]?.path,
      "/oak/branch/leaf/vein",
    );
  });

  it("begins where it is asked to, and is none where there is no actor", async () => {
    const world = await forest();
    assert.deepEqual(namesBelow(world.system.describe({ path: "/oak" })), ["branch", "twig"]);
    assert.equal(world.system.describe({ path: "oak/branch/" })?.path, "/oak/branch");
    assert.equal(world.system.describe({ path: "/oak/root" }), undefined);
    assert.equal(world.system.describe({ path: "/oak/branch/leaf/vein/cell" }), undefined);
  });

  it("keeps what a filter wants, and the way there", async () => {
    const world = await forest();
    const leaf = world.system.describe({ depth: 9, filter: ({ name }) => name === "leaf" });
    assert.deepEqual(namesBelow(leaf), ["oak"]);
    assert.deepEqual(namesBelow(leaf?.children?.[0]), ["branch"]);
    assert.deepEqual(namesBelow(leaf?.children?.[0]?.children?.[0]), ["leaf"]);
    assert.deepEqual(namesBelow(world.system.describe({ filter: ({ type }) => type === "conifer" })), [
      "fir",
    ]);
    assert.equal(world.system.describe({ filter: () => false }), undefined);
  });

  it("tells what happened to an actor", async () => {
    const world = await forest();
    const fir = world.at("/fir");
    await world.advance(1_000);
    world.tell(fir, note("1"));
    world.tell(fir, crash);
    await world.advance(100);
    const { stack, ...lastFailure } = world.node("/fir").lastFailure ?? {};
    assert.match(stack ?? "", /crash/);
    assert.deepEqual(lastFailure, { atMs: 1_000, cause: "crash", message: "crash", kind: "work" });
    const { incarnation, ...node } = world.node("/fir");
    assert.ok(incarnation > 0);
    assert.deepEqual(
      { ...node, lastFailure: undefined },
      {
        name: "fir",
        path: "/fir",
        type: "conifer",
        state: "running",
        mailbox: { depth: 0, oldestAgeMs: 0 },
        handled: 1,
        failed: 1,
        refused: 0,
        pulse: { progressWithinMs: 30_000, stalls: 0 },
        restarts: 1,
        restart: "permanent",
        supervision: { strategy: "oneForOne" },
        budgets: {
          crash: { left: 4, max: 5, withinMs: 60_000 },
          stall: { left: 5, max: 5, withinMs: 600_000 },
        },
        lastFailure: undefined,
        uptimeMs: 1_100,
        details: { notes: [] },
        childCount: 0,
        children: [],
      },
    );
  });

  it("tells details that cannot be told as such, and hurts nobody", async () => {
    const world = new VirtualSystem();
    for (const [name, thrown] of Object.entries({
      error: new Error("cannot look"),
      odd: Object.create(null) as unknown,
    })) {
      world.spawn(name, {
        describe: () => {
          throw thrown;
        },
      });
    }
    assert.match(String(world.node("/error").details?.["describeFailed"]), /cannot look/);
    assert.equal(typeof world.node("/odd").details?.["describeFailed"], "string");
    assert.deepEqual([world.node("/odd").state, world.node("/odd").failed], ["running", 0]);
  });

  it("asks no actor for details that has no state", async () => {
    const world = new VirtualSystem();
    let lives = 0;
    world.spawn("a", {
      initialState: () => {
        if (++lives === 1) throw new Error("not yet");
        return newNotes();
      },
    });
    assert.deepEqual([world.node("/a").state, world.node("/a").details], ["waiting", undefined]);
    await world.advance(100);
    assert.deepEqual(world.node("/a").details, { notes: [] });
  });

  it("calls an actor by its own name, also when that is root", async () => {
    const world = new VirtualSystem();
    world.spawn("root");
    assert.equal(world.node("/root").name, "root");
  });

  it("names each phase of a life", async () => {
    const world = new VirtualSystem();
    const phases: string[] = [];
    const look = (): void => void phases.push(world.node("/a").state);
    const actor = world.system.spawn(
      script({
        initialState: () => {
          look();
          return newNotes();
        },
        afterStop: () => {
          look();
          return Promise.resolve();
        },
      }),
      "a",
    );
    look();
    world.tell(actor, crash);
    await world.settle();
    look();
    await world.advance(100);
    await world.system.stop();
    assert.deepEqual(phases, ["starting", "running", "restarting", "waiting", "starting", "stopping"]);
  });
});
