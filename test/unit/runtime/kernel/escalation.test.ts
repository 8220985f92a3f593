import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answer, crash, gate, newNotes, note, question, script, work } from "../../../support/script.ts";
import type { ScriptParts } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";
import type { Supervision } from "../../../../runtime/supervision/restart-policy.ts";

const ONCE = { max: 1, withinMs: 60_000 };

/** A parent whose initial state starts three children, `/parent/a` to `/parent/c`. */
function family(
  supervision: Partial<Supervision>,
  options: { children?: Record<string, ScriptParts>; world?: VirtualSystem } = {},
): VirtualSystem {
  const world = options.world ?? new VirtualSystem();
  world.spawn("parent", {
    supervision,
    initialState: (_, context) => {
      for (const name of ["a", "b", "c"]) context.spawn(script(options.children?.[name] ?? {}), name);
      return newNotes();
    },
  });
  return world;
}

const restarts = (world: VirtualSystem): (number | undefined)[] =>
  ["a", "b", "c"].map((name) => world.system.describe({ path: `/parent/${name}` })?.restarts);

describe("strategy", () => {
  for (const [strategy, expected] of [
    ["oneForOne", [0, 1, 0]],
    ["restForOne", [0, 1, 1]],
    ["allForOne", [1, 1, 1]],
  ] as const) {
    it(`${strategy} restarts ${expected.join(", ")} of three when the second fails`, async () => {
      const world = family({ strategy });
      world.tell(world.at("/parent/b"), crash);
      await world.advance(1_000);
      assert.deepEqual(restarts(world), expected);
      assert.equal(world.node("/parent").failed, 0);
    });
  }

  it("restarts the affected in the order in which they were started", async () => {
    const order: string[] = [];
    const children = Object.fromEntries(
      ["a", "b", "c"].map((name): [string, ScriptParts] => [
        name,
        {
          initialState: () => {
            order.push(name);
            return newNotes();
          },
        },
      ]),
    );
    const world = family({ strategy: "allForOne" }, { children });
    world.tell(world.at("/parent/c"), crash);
    await world.advance(1_000);
    assert.deepEqual(order, ["a", "b", "c", "a", "b", "c"]);
  });

  it("keeps the mail of those that are restarted for another's failure", async () => {
    const world = family({ strategy: "allForOne" });
    world.tell(world.at("/parent/b"), crash);
    world.tell(world.at("/parent/c"), note("kept"));
    await world.advance(1_000);
    assert.deepEqual(world.notes("/parent/c"), ["kept"]);
  });

  it("never starts a temporary actor again, not for another's failure either", async () => {
    const world = family({ strategy: "allForOne" }, { children: { a: { restart: "temporary" } } });
    world.tell(world.at("/parent/b"), crash);
    await world.advance(1_000);
    assert.deepEqual(restarts(world), [undefined, 1, 1]);
  });

  it("leaves alone what is already stopping", async () => {
    const held = gate();
    const world = family({ strategy: "allForOne" }, { children: { a: { afterStop: () => held.opened } } });
    world.tell(
      world.at("/parent/a"),
      work((context) => context.stopSelf()),
    );
    await world.settle();
    world.tell(world.at("/parent/b"), crash);
    await world.advance(1_000);
    assert.equal(world.node("/parent/a").state, "stopping");
    held.open();
    await world.settle();
    assert.deepEqual(restarts(world), [undefined, 1, 1]);
  });

  it("takes a second failure during the back-off of the first into account", async () => {
    const world = family({ strategy: "oneForOne" });
    world.tell(world.at("/parent/a"), crash);
    world.tell(world.at("/parent/b"), crash);
    await world.advance(1_000);
    assert.deepEqual(restarts(world), [1, 1, 0]);
  });
});

describe("exhausted budget", () => {
  it("is counted for each child under one-for-one", async () => {
    const world = family({ budget: ONCE });
    for (const name of ["a", "b", "c"]) world.tell(world.at(`/parent/${name}`), crash);
    await world.advance(1_000);
    assert.deepEqual(restarts(world), [1, 1, 1]);
    assert.equal(world.node("/parent").failed, 0);
  });

  it("is counted for the supervisor under the other strategies, and starts afresh with its next life", async () => {
    const world = family({ strategy: "restForOne", budget: ONCE });
    world.tell(world.at("/parent/a"), crash);
    await world.advance(1_000);
    world.tell(world.at("/parent/b"), crash);
    await world.advance(1_000);
    assert.equal(world.node("/parent").restarts, 1, "the second failure was one too many");
    world.tell(world.at("/parent/c"), crash);
    await world.advance(1_000);
    assert.equal(world.node("/parent").restarts, 1, "the new life has a budget of its own");
    assert.deepEqual(restarts(world), [0, 0, 1]);
  });

  it("makes the supervisor fail: its parent restarts it, with new children", async () => {
    const world = family({ budget: ONCE });
    const before = world.node("/parent/b").incarnation;
    world.tell(world.at("/parent/b"), crash);
    await world.advance(1_000);
    world.tell(world.at("/parent/b"), crash);
    await world.advance(1_000);
    assert.equal(world.node("/parent").restarts, 1);
    assert.match(
      world.node("/parent").lastFailure?.message ?? "",
      /restartBudgetExhausted.*child \/parent\/b, max 1/,
    );
    assert.notEqual(world.node("/parent/b").incarnation, before);
    assert.ok(world.events.includes("actor.escalated"));
  });

  it("leaves the child stopped when the supervision says so, and the others running", async () => {
    const world = family({ budget: ONCE, whenExhausted: "stop" });
    const child = world.at("/parent/b");
    world.tell(child, crash);
    await world.advance(1_000);
    world.tell(child, crash);
    await world.advance(1_000);
    assert.deepEqual(restarts(world), [0, undefined, 0]);
    assert.equal(world.tell(child, note("late")), "gone");
    assert.ok(world.events.includes("actor.gaveUp"));
  });

  it("escalates level by level up to the root, which reports it once to the process", async () => {
    const failures: unknown[] = [];
    const none = { max: 0, withinMs: 1 };
    const world = new VirtualSystem({
      supervision: { budget: none },
      onFailure: (error) => failures.push(error),
    });
    family({ budget: none }, { world });
    const child = world.at("/parent/b");
    const asked = assert.rejects(
      world.ask(
        child,
        question((context) => void context.replyLater()),
      ),
      { code: "actorGone" },
    );
    world.tell(child, crash);
    world.tell(child, note("must not be handled by what is left of the state"));
    await world.settle();
    await asked;
    assert.equal(failures.length, 1);
    assert.match(String(failures[0]), /restartBudgetExhausted.*child \/parent/);
    assert.ok(world.log.lines.some(({ level, event }) => level === "fatal" && event === "node.failed"));
    assert.equal(
      world.system.describe({ path: "/parent" }),
      undefined,
      "what cannot be restarted does not go on",
    );
    assert.equal(world.dead("leftInMailbox"), 1);
  });

  it("stops a top-level actor that failed once too often, also one that never had a state", async () => {
    const world = new VirtualSystem({ supervision: { budget: { max: 0, withinMs: 1 } } });
    const actor = world.spawn("a", {
      initialState: () => {
        throw new Error("broken");
      },
    });
    assert.equal(world.tell(actor, note("late")), "gone");
    const healthy = world.spawn("healthy");
    world.tell(healthy, note("handled"));
    await world.settle();
    assert.deepEqual(
      world.notes("/healthy"),
      ["handled"],
      "the rest of the tree goes on until the process ends",
    );
  });

  it("leaves the dispatcher sound when the report of the root's failure throws", async () => {
    const world = new VirtualSystem({
      supervision: { budget: { max: 0, withinMs: 1 } },
      onFailure: () => {
        throw new Error("the process cannot even end");
      },
    });
    const [sick, healthy] = [world.spawn("sick"), world.spawn("healthy")];
    world.tell(sick, crash);
    world.tell(healthy, note("handled"));
    assert.throws(() => world.system.pump(), /cannot even end/);
    await world.settle();
    assert.deepEqual(world.notes("/healthy"), ["handled"]);
    assert.deepEqual(await askNow(world, healthy), answer());
  });

  it("lets the process end the system from its report", async () => {
    const world: VirtualSystem = new VirtualSystem({
      supervision: { budget: { max: 0, withinMs: 1 } },
      onFailure: () => void world.system.stop(),
    });
    const released: string[] = [];
    world.spawn("healthy", { afterStop: () => void released.push("healthy") });
    world.tell(world.spawn("sick", { afterStop: () => void released.push("sick") }), crash);
    await world.settle();
    assert.equal(world.system.actorCount, 0);
    assert.deepEqual(released.toSorted(), ["healthy", "sick"]);
  });
});

async function askNow(world: VirtualSystem, actor: ReturnType<VirtualSystem["spawn"]>): Promise<unknown> {
  const asked = world.ask(
    actor,
    question((context) => context.reply(answer())),
  );
  await world.settle();
  return asked;
}
