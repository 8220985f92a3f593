import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endOf } from "../../../support/ask-end.ts";
import { gate, note, question, settled, work } from "../../../support/script.ts";
import type { ScriptContext, ScriptParts } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

// One scenario for each kind of silence that the event loop itself can see. Each is told twice: with its detector it is
// found, without it is not, so that it is this detector and nothing else that finds it. The kinds that only another
// thread sees (a blocked loop, a storm of microtasks) and the deaf subscription are tested with real processes.

/** Whether what is on runs, or what is off. */
type Switch = "on" | "off";

interface Row {
  readonly kind: string;
  /** Plays the scenario; answers whether the silence was found. */
  readonly isFound: (detector: Switch) => Promise<boolean>;
}

const HUNG_MS = 60_000;
const NEVER = Number.POSITIVE_INFINITY;

async function hungHandler(detector: Switch): Promise<boolean> {
  const virtual = new VirtualSystem();
  const parts: ScriptParts = { progressWithinMs: detector === "on" ? 1_000 : NEVER };
  virtual.tell(
    virtual.spawn("a", parts),
    work(() => new Promise<void>(() => {})),
  );
  await virtual.advance(HUNG_MS);
  return virtual.system.stalls.recent().some(({ silence, path }) => silence === "turn" && path === "/a");
}

async function slowButAlive(detector: Switch): Promise<boolean> {
  const virtual = new VirtualSystem();
  const actor = virtual.spawn("a", { progressWithinMs: 1_000 });
  const { opened, open } = gate();
  virtual.tell(
    actor,
    work(async (context, state) => {
      const beats = (left: number): void => {
        if (left === 0) return open();
        if (detector === "on") context.beat(`${left} left`);
        virtual.clock.after(900, () => beats(left - 1));
      };
      // After a stall its context is void: the first life alone beats.
      if (virtual.system.stalls.total === 0) beats(10);
      await opened;
      state.notes.push("ended");
    }),
  );
  await virtual.advance(HUNG_MS);
  // To be found alive is to be left alone.
  return virtual.system.stalls.total === 0 && virtual.notes("/a")[0] === "ended";
}

async function queueGrowth(detector: Switch): Promise<boolean> {
  const virtual = new VirtualSystem();
  const slow = virtual.spawn("a", { mailWithinMs: detector === "on" ? 5_000 : NEVER });
  const step = work(() => new Promise((resolve) => virtual.clock.after(200, resolve)));
  for (let second = 0; second < 30; second++) {
    for (let n = 0; n < 10; n++) virtual.tell(slow, step);
    await virtual.advance(1_000);
  }
  assert.equal(virtual.system.stalls.total, 0, "its turns end in time");
  return virtual.system.mailAging.now().some(({ path }) => path === "/a");
}

async function askCycle(detector: Switch): Promise<boolean> {
  const virtual = new VirtualSystem();
  const [a, b] = [virtual.spawn("a"), virtual.spawn("b")];
  // A question that is put from outside of all actors carries no chain: nobody sees that it comes back.
  const back = (context: ScriptContext): Promise<unknown> => {
    const asked = question((here) => here.reply({ kind: "answer", value: "never" }));
    return detector === "on" ? context.ask(a, asked) : virtual.ask(a, asked);
  };
  const end = endOf(
    virtual.ask(
      a,
      question(async (context) => {
        await context.ask(
          b,
          question(async (inner) => void (await back(inner))),
        );
      }),
    ),
    virtual,
  );
  await virtual.settle();
  const atOnce = end.cause === "askCycle";
  await virtual.advance(HUNG_MS);
  assert.notEqual(end.code, undefined, "the deadline ends it at the latest");
  return atOnce;
}

async function silentGenerator(detector: Switch): Promise<boolean> {
  const virtual = new VirtualSystem();
  let lives = 0;
  const duty: ScriptParts = detector === "on" ? { heartbeat: { everyMs: 10_000, grace: 1 } } : {};
  const puller = virtual.spawn("puller", {
    ...duty,
    initialState: (_args, context) => {
      lives++;
      context.startTimer("pull", 5_000, settled({ ok: true, value: { kind: "answer", value: "" } }));
      return { notes: [] };
    },
  });
  // It pulls once, and does not order the next pull.
  virtual.tell(
    puller,
    work((context) => context.beat("pulled")),
  );
  await virtual.advance(HUNG_MS);
  virtual.tell(puller, note("it is no deadlock: mail would be handled"));
  return lives > 1 && virtual.system.stalls.recent().every(({ silence }) => silence === "heartbeat");
}

const ROWS: readonly Row[] = [
  { kind: "S3: a handler whose promise never settles", isFound: hungHandler },
  { kind: "S4: a turn that is slow but alive", isFound: slowButAlive },
  { kind: "S5: a queue that grows while turns end", isFound: queueGrowth },
  { kind: "S6: actors that wait for each other's answers", isFound: askCycle },
  { kind: "S7: a generator that makes no more work for itself", isFound: silentGenerator },
];

describe("a kind of silence is found by its detector, and by nothing else", () => {
  for (const { kind, isFound } of ROWS) {
    it(kind, async () => {
      assert.equal(await isFound("on"), true, "with its detector");
      assert.equal(await isFound("off"), false, "without it");
    });
  }
});

describe("detection", () => {
  it("sends no probe: an actor that is watched handles the messages of others, and nothing else", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { heartbeat: { everyMs: 1_000 }, progressWithinMs: 1_000 });
    for (let second = 0; second < 60; second++) {
      virtual.tell(
        actor,
        work((context) => context.beat()),
      );
      await virtual.advance(1_000);
    }
    assert.equal(virtual.node("/a").handled, 60);
    assert.equal(virtual.system.stalls.total, 0);
  });
});
