/** The defects of nact's scheduling, mailboxes and failures that the kernel repairs; one test for each row of the list. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bareNact, loopTurns } from "../../support/bare-nact.ts";
import type { BareContext, BareRef } from "../../support/bare-nact.ts";
import { crash, gate, note, question, spawns, work } from "../../support/script.ts";
import type { ScriptContext } from "../../support/script.ts";
import { VirtualSystem } from "../../support/virtual-system.ts";

test("row 3: nact's resetAll starts a second handler beside one that awaits, and lets the old one overwrite the new state; the kernel voids the old turn", async () => {
  assert.equal(await bareConcurrencyAcrossReset(), 2);

  const world = new VirtualSystem();
  const parent = world.spawn("parent", { supervision: { strategy: "allForOne" } });
  world.tell(parent, spawns({ slow: {}, sick: {} }));
  await world.settle();
  const held = gate();
  const effects: unknown[] = [];
  world.tell(
    world.at("/parent/slow"),
    work(async (context) => {
      await held.opened;
      try {
        context.tell(context.self, note("of the old life"));
      } catch (error) {
        effects.push((error as { code?: unknown }).code);
      }
      return { notes: ["of the old life"] };
    }),
  );
  world.tell(world.at("/parent/slow"), note("of the new life"));
  world.tell(world.at("/parent/sick"), crash);
  await world.advance(100);
  assert.deepEqual(world.notes("/parent/slow"), ["of the new life"]);
  held.open();
  await world.settle();
  assert.deepEqual(effects, ["staleTurn"]);
  assert.deepEqual(world.notes("/parent/slow"), ["of the new life"]);
});

test("row 8: nact spends a macrotask and a promise on each message; the kernel handles many sync messages in one macrotask", async () => {
  const world = new VirtualSystem();
  const actor = world.spawn("a");
  for (let count = 0; count < 100; count++) world.tell(actor, note("x"));
  world.system.pump();
  assert.equal(world.notes("/a").length, 100, "all are handled before any microtask could run");
  await world.settle();
  assert.equal(world.macrotasks, 1);
});

test("row 9: nact copies the map of children for each message; the kernel's context is one for a whole life", async () => {
  const world = new VirtualSystem();
  const actor = world.spawn("a");
  world.tell(
    actor,
    spawns(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`child-${index}`, {}]))),
  );
  const contexts = new Set<ScriptContext>();
  const look = work((context) => void contexts.add(context));
  for (let count = 0; count < 10; count++) world.tell(actor, look);
  await world.settle();
  assert.equal(contexts.size, 1);
  assert.equal(world.node("/a").childCount, 100);
});

test("row 10: nact's mailboxes grow without bound; the kernel answers busy at mailboxMax", async () => {
  const world = new VirtualSystem();
  const actor = world.spawn("a");
  const verdicts = Array.from({ length: 10_002 }, () => world.tell(actor, note("x")));
  assert.equal(verdicts.indexOf("busy"), 10_000);
  assert.equal(world.node("/a").refused, 2);
  await world.system.stop();
});

test("row 11: nact copies the whole mailbox at each fault; the kernel leaves it where it is", async () => {
  const world = new VirtualSystem();
  const actor = world.spawn("a");
  world.tell(actor, crash);
  for (let count = 0; count < 1_000; count++) world.tell(actor, note("x"));
  const cell = world.system.root.children.get("a");
  const second = cell?.mailbox.first?.next;
  await world.settle();
  assert.equal(world.node("/a").state, "waiting");
  assert.equal(cell?.mailbox.first, second, "the same letter that waited before the fault is now first");
  await world.advance(100);
  assert.equal(world.notes("/a").length, 1_000);
});

test("row 17: in nact a handler that never ends blocks its actor for ever; the kernel aborts its signal and stops the actor within a limit", async () => {
  const world = new VirtualSystem();
  const signals: AbortSignal[] = [];
  const actor = world.spawn("a", { stopWithinMs: 1_000 });
  world.tell(
    actor,
    work((context) => {
      signals.push(context.signal);
      return new Promise(() => {});
    }),
  );
  const asked = assert.rejects(
    world.ask(
      actor,
      question(() => {}),
    ),
    { code: "actorGone" },
  );
  await world.settle();
  const stopped = world.system.stop();
  assert.equal(signals[0]?.aborted, true);
  await asked;
  await world.advance(1_000);
  await stopped;
  assert.equal(world.system.actorCount, 0);
});

test("row 19: nact resumes after a fault and loses its message without a trace; the kernel counts, logs and records it", async () => {
  const world = new VirtualSystem();
  const actor = world.spawn("a");
  world.tell(actor, crash);
  await world.settle();
  const { failed, lastFailure } = world.node("/a");
  assert.deepEqual(
    { failed, kind: lastFailure?.kind, message: lastFailure?.message },
    { failed: 1, kind: "work", message: "crash" },
  );
  assert.deepEqual(
    world.log.lines.map(({ level, event }) => `${level} ${event}`),
    ["warn actor.failed"],
  );
  assert.equal(world.dead("handlerFailed"), 1);
});

test("row 22: nact re-arms a platform timer for each message of an actor that shuts down when idle; the kernel arms none for messages", async () => {
  const world = new VirtualSystem();
  const actor = world.spawn("a");
  for (let count = 0; count < 100; count++) world.tell(actor, note("x"));
  await world.settle();
  assert.equal(world.clock.step(1e9), false, "no timer was armed");
  // What idle means is the actor's own: one named timer, which each message starts anew.
  const busy = work((context) =>
    context.startTimer(
      "idle",
      1_000,
      work((own) => own.stopSelf()),
    ),
  );
  for (let count = 0; count < 100; count++) {
    world.tell(actor, busy);
    await world.advance(900);
  }
  assert.equal(world.node("/a").state, "running");
  await world.advance(100);
  assert.equal(world.system.describe({ path: "/a" }), undefined);
});

test("row 27: nact writes failed messages and errors to the console; the kernel logs the kind of the message, never its content", async (t) => {
  const written = t.mock.method(console, "log", () => {});
  const world = new VirtualSystem();
  const actor = world.spawn("a");
  world.tell(actor, { ...crash, secret: "hunter2" } as typeof crash);
  await world.settle();
  assert.equal(written.mock.callCount(), 0);
  const [line] = world.log.lines;
  assert.equal(line?.fields["kind"], "work");
  assert.doesNotMatch(
    JSON.stringify([world.log.lines, world.node("/a"), world.system.deadLetters.recent()]),
    /hunter2/,
  );
  // Nor does a failure stop the actor for good, as nact's default does.
  await world.advance(100);
  assert.equal(world.node("/a").state, "running");
});

/** How many handlers of one of nact's actors run at once when a sibling's crash resets it amid an await. */
async function bareConcurrencyAcrossReset(): Promise<number> {
  const nact = bareNact();
  let running = 0;
  let most = 0;
  const parent = nact.spawn(nact.start(), (state) => state, "parent", {
    onCrash: (_message: unknown, _error: unknown, context: BareContext, _child?: BareRef) =>
      context.resetAllChildren,
  });
  const slow = nact.spawn(
    parent,
    async () => {
      running++;
      most = Math.max(most, running);
      await loopTurns(10);
      running--;
    },
    "slow",
  );
  const sick = nact.spawn(
    parent,
    () => {
      throw new Error("crash");
    },
    "sick",
    { onCrash: () => undefined },
  );
  for (const message of ["1", "2"]) nact.dispatch(slow, message);
  nact.dispatch(sick, "crash");
  await loopTurns(40);
  return most;
}
