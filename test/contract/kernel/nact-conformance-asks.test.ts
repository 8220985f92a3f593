/** What nact lacks or gets wrong between actors: asks, watches, types. One test for each row of the list. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defineProtocol } from "../../../protocols/protocol.ts";
import type { Reference } from "../../../protocols/reference.ts";
import { bareNact, bareTemporaryReference, loopTurns } from "../../support/bare-nact.ts";
import { answer, gate, note, own, question, work } from "../../support/script.ts";
import { VirtualSystem } from "../../support/virtual-system.ts";

/** Long enough for a few turns of the loop on a busy machine. */
const BARE_TIMEOUT_MS = 500;

const stopSelf = work((context) => context.stopSelf());

test("row 14: in nact a question to an actor that stops waits out its time; the kernel fails it at once", async () => {
  const nact = bareNact();
  const bare = nact.spawn(nact.start(), () => new Promise(() => {}), "actor");
  const bareEnds: string[] = [];
  const bareAsked = nact
    .query(bare, "question", BARE_TIMEOUT_MS)
    .catch((error: unknown) => bareEnds.push(String(error)));
  await loopTurns(2);
  nact.stop(bare);
  await loopTurns(5);
  assert.deepEqual(bareEnds, [], "nact says nothing");
  await bareAsked;
  assert.deepEqual(bareEnds, ["Error: Query Timeout"]);

  const world = new VirtualSystem();
  const actor = world.spawn("a");
  const asked = assert.rejects(
    world.ask(
      actor,
      question((context) => void context.replyLater()),
    ),
    { code: "actorGone" },
  );
  world.tell(actor, stopSelf);
  await world.settle();
  await asked;
  assert.equal(world.clock.nowMs(), 0);
});

test("row 15: nact numbers its questions by chance in 32 bits at most, and a collision loses one; the kernel's ask is its own identity", async () => {
  const TemporaryReference = bareTemporaryReference();
  const numbers = Array.from({ length: 1_000 }, () => new TemporaryReference("system").id);
  // On Node 20 they are odd, too: its random numbers have no 53 bits.
  assert.ok(numbers.every((number) => number === (number | 0)));

  const world = new VirtualSystem();
  const held = gate();
  const actor = world.spawn("a", { mailboxMax: 60_000 });
  world.tell(
    actor,
    work(() => held.opened),
  );
  const asked = Array.from({ length: 55_000 }, (_, index) =>
    world.ask(
      actor,
      question((context) => context.reply(answer(index))),
    ),
  );
  await world.settle();
  held.open();
  await world.settle();
  const replies = await Promise.all(asked);
  assert.ok(replies.every(({ value }, index) => value === index));
});

test("row 18: nact knows no death watch, no stash, no timers, no back-off, no priority; the kernel has them", async () => {
  const world = new VirtualSystem();
  const [actor, target] = [world.spawn("a"), world.spawn("target")];
  const held = gate();
  world.tell(
    actor,
    work(async (context) => {
      context.watch(target, own("watch"));
      context.startTimer("t", 10, own("timer"));
      await held.opened;
    }),
  );
  world.tell(
    actor,
    work((context, state) => {
      if (state.notes.includes("open")) state.notes.push("stash");
      else context.stash();
    }),
  );
  world.tell(
    actor,
    work((context, state) => {
      state.notes.push("open");
      context.unstashAll();
    }),
  );
  world.tell(target, stopSelf);
  await world.advance(10);
  held.open();
  await world.settle();
  assert.deepEqual(
    world.notes("/a"),
    ["watch", "timer", "open", "stash"],
    "what the actor ordered itself comes first",
  );
});

test("row 24: nact lets a reference stand for any other; the kernel's are bound to their protocol", async () => {
  const world = new VirtualSystem();
  const actor = world.spawn("a");
  const Other = defineProtocol({ name: "other", version: 1, tell: { shout: {} } });
  // @ts-expect-error a reference to a scripted actor is none to an actor that can be shouted at
  const wrong: Reference<typeof Other> = actor;
  // @ts-expect-error a scripted actor cannot be shouted at
  world.tell(actor, { kind: "shout" });
  // @ts-expect-error a note has a text
  world.tell(actor, { kind: "note" });
  world.tell(wrong, { kind: "shout" });
  world.tell(actor, note("typed"));
  await world.settle();
  assert.equal(world.dead("unhandledKind"), 2);
  // The sender is known to the runtime alone: an answer goes through the context of the question.
  assert.deepEqual(world.notes("/a"), [undefined, "typed"]);
});
