/** The defects of nact's tree, paths and references that the kernel repairs; one test for each row of the list. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bareNact, loopTurns } from "../../support/bare-nact.ts";
import { answer, crash, newNotes, note, question, spawns, work } from "../../support/script.ts";
import { VirtualSystem } from "../../support/virtual-system.ts";

const stopSelf = work((context) => context.stopSelf());

test("row 1: nact never stops the children of a stopped parent; the kernel stops them first", async () => {
  const nact = bareNact();
  const bare: string[] = [];
  const system = nact.start();
  const bareParent = nact.spawn(system, (state) => state, "parent");
  const orphan = nact.spawn(bareParent, (_, message) => void bare.push(message), "child", {
    afterStop: () => bare.push("stopped"),
  });
  for (const message of ["1", "2", "3"]) nact.dispatch(orphan, message);
  nact.stop(bareParent);
  await loopTurns(10);
  assert.deepEqual(bare, ["1", "2", "3"], "the orphan went on");

  const world = new VirtualSystem();
  const order: string[] = [];
  const parent = world.spawn("parent", { afterStop: () => void order.push("parent") });
  world.tell(parent, spawns({ child: { afterStop: () => void order.push("child") } }));
  await world.settle();
  world.tell(parent, stopSelf);
  await world.settle();
  assert.deepEqual(order, ["child", "parent"]);
});

test("row 2: nact's system stop calls no afterStop; the kernel's awaits each of them", async () => {
  const nact = bareNact();
  let calls = 0;
  const bare = nact.start();
  nact.spawn(bare, (state) => state, "actor", { afterStop: () => calls++ });
  nact.stop(bare);
  await loopTurns(5);
  assert.equal(calls, 0);

  const world = new VirtualSystem();
  const released: string[] = [];
  for (const name of ["a", "b"]) {
    world.spawn(name, {
      afterStop: async () => {
        await loopTurns(2);
        released.push(name);
      },
    });
  }
  await world.system.stop();
  assert.deepEqual(released, ["b", "a"]);
});

test("row 4: nact ends the process when supervision itself fails; the kernel survives every late or impossible decision", async () => {
  const world = new VirtualSystem();
  const parent = world.spawn("parent", {
    stopWithinMs: 10,
    supervision: { budget: { max: 0, withinMs: 1 } },
  });
  world.tell(parent, spawns({ late: { stopWithinMs: 10 }, sick: {}, gone: {} }));
  await world.settle();
  // Fails after its parent and it itself have been stopped.
  world.tell(
    world.at("/parent/late"),
    work(async () => {
      await loopTurns(20);
      throw new Error("too late for anybody");
    }),
  );
  world.tell(world.at("/parent/gone"), stopSelf);
  await world.settle();
  const sick = world.at("/parent/sick");
  world.tell(sick, crash);
  world.tell(parent, stopSelf);
  await world.advance(60_000);
  await loopTurns(25);
  assert.equal(world.system.staleTurns.count, 1);
  await world.system.stop();
  assert.equal(world.system.actorCount, 0);
});

test("row 5: nact ends the process when afterStop throws and runs it twice; the kernel records the failure and runs it once", async () => {
  const world = new VirtualSystem();
  const calls: string[] = [];
  const ways = {
    throws: (): never => {
      throw new Error("cannot release");
    },
    rejects: (): Promise<void> => Promise.reject(new Error("cannot release")),
  };
  for (const [name, fail] of Object.entries(ways)) {
    const actor = world.spawn(name, {
      afterStop: () => {
        calls.push(name);
        return fail();
      },
    });
    // In nact a handler that rejects after the stop has the actor stopped once more.
    world.tell(
      actor,
      work(async (context) => {
        context.stopSelf();
        await loopTurns(1);
        throw new Error("after the stop");
      }),
    );
  }
  await world.settle();
  await loopTurns(3);
  assert.deepEqual(calls.toSorted(), ["rejects", "throws"]);
  assert.equal(world.events.filter((event) => event === "actor.afterStopFailed").length, 2);
  assert.equal(world.system.actorCount, 1);
});

test("row 6: nact restarts a failing initial state in an endless microtask loop; the kernel backs off within a budget", async () => {
  const failures: unknown[] = [];
  const world = new VirtualSystem({ onFailure: (error) => failures.push(error) });
  const births: number[] = [];
  world.spawn("a", {
    initialState: (_, context) => {
      births.push(context.nowMs());
      throw new Error("never");
    },
  });
  assert.deepEqual(births, [0], "nothing is tried again before time has passed");
  await world.advance(60_000);
  assert.deepEqual(births, [0, 100, 300, 700, 1_500, 3_100]);
  assert.equal(failures.length, 1);
});

test("row 7: nact hands out a reference to an actor that failed to start; the kernel's is in the tree, supervised, and keeps its mail", async () => {
  const world = new VirtualSystem();
  let lives = 0;
  const actor = world.spawn("a", {
    initialState: () => {
      if (++lives === 1) throw new Error("not yet");
      return newNotes();
    },
  });
  const { state, failed, lastFailure } = world.node("/a");
  assert.deepEqual(
    { state, failed, message: lastFailure?.message },
    { state: "waiting", failed: 1, message: "not yet" },
  );
  assert.equal(world.tell(actor, note("kept")), "accepted");
  await world.advance(100);
  assert.deepEqual(world.notes("/a"), ["kept"]);
});

test("row 12: nact loses what is sent to a stopped actor without a word; the kernel answers gone and keeps a dead letter", async () => {
  const nact = bareNact();
  const bare = nact.spawn(nact.start(), (state) => state, "actor");
  nact.stop(bare);
  assert.equal(nact.dispatch(bare, "lost"), undefined);

  const world = new VirtualSystem();
  const actor = world.spawn("a");
  world.tell(actor, stopSelf);
  await world.settle();
  assert.equal(world.tell(actor, note("late")), "gone");
  const [letter] = world.system.deadLetters.recent(1);
  assert.deepEqual(letter, { atMs: 0, to: actor.address, kind: "note", reason: "actorGone" });
});

test("row 13: nact drops the queued mail of a stopped actor; the kernel makes a dead letter of each message", async () => {
  const world = new VirtualSystem();
  const actor = world.spawn("a");
  world.tell(actor, stopSelf);
  for (const text of ["1", "2", "3"]) world.tell(actor, note(text));
  await world.settle();
  assert.deepEqual(
    world.system.deadLetters.recent().map(({ kind, reason }) => `${kind} ${reason}`),
    ["note leftInMailbox", "note leftInMailbox", "note leftInMailbox"],
  );
});

test("row 16: nact's references are paths, so a stale one reaches the next actor of the name; the kernel's never does", async () => {
  const nact = bareNact();
  const system = nact.start();
  const seen: string[] = [];
  const bareFirst = nact.spawn(system, (state) => state, "actor");
  nact.stop(bareFirst);
  nact.spawn(system, (_, message) => void seen.push(message), "actor");
  nact.dispatch(bareFirst, "for the first");
  await loopTurns(3);
  assert.deepEqual(seen, ["for the first"]);

  const world = new VirtualSystem();
  const first = world.spawn("a");
  world.tell(first, stopSelf);
  await world.settle();
  world.spawn("a");
  assert.equal(world.tell(first, note("for the first")), "gone");
  await assert.rejects(
    world.ask(
      first,
      question((context) => context.reply(answer())),
    ),
    { code: "actorGone" },
  );
  await world.settle();
  assert.deepEqual(world.notes("/a"), []);
});

test("row 20: nact's systems of one name take each other's actors; two of the kernel's do not know of each other", async () => {
  const nact = bareNact();
  const seen: string[] = [];
  const bare = nact.spawn(nact.start({ name: "twin" }), (_, message) => void seen.push(message), "actor");
  nact.start({ name: "twin" });
  nact.dispatch(bare, "unreachable");
  await loopTurns(3);
  assert.deepEqual(seen, []);

  const [left, right] = [new VirtualSystem({ name: "twin" }), new VirtualSystem({ name: "twin" })];
  const [a, b] = [left.spawn("a"), right.spawn("a")];
  left.tell(a, note("left"));
  right.tell(b, note("right"));
  await Promise.all([left.settle(), right.settle()]);
  assert.deepEqual([left.notes("/a"), right.notes("/a")], [["left"], ["right"]]);
  await left.system.stop();
  assert.equal(right.tell(b, note("still")), "accepted");
  await right.settle();
  assert.deepEqual(right.notes("/a"), ["right", "still"]);
});

test("row 21: nact walks the tree for each message; the kernel's reference points to its actor", async () => {
  const world = new VirtualSystem();
  world.spawn("1");
  let path = "/1";
  for (const name of ["2", "3", "4", "5"]) {
    world.tell(world.at(path), spawns({ [name]: {} }));
    await world.settle();
    path += `/${name}`;
  }
  const deep = world.at(path);
  const { root } = world.system;
  const { children } = root;
  root.children = new Proxy(children, {
    get: () => assert.fail("a message must not look at the tree"),
  });
  world.tell(deep, note("straight"));
  await world.settle();
  root.children = children;
  assert.deepEqual(world.notes(path), ["straight"]);
});
