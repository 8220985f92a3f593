import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crash, gate, note, script, spawns, work } from "../../../support/script.ts";
import type { Gate, ScriptContext } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

describe("turns", () => {
  it("handles no other message while an async handler runs", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    const held = gate();
    const order: string[] = [];
    world.tell(
      actor,
      work(async () => {
        order.push("begins");
        await held.opened;
        order.push("ends");
      }),
    );
    world.tell(
      actor,
      work(() => void order.push("next")),
    );
    await world.settle();
    assert.deepEqual(order, ["begins"]);
    held.open();
    await world.settle();
    assert.deepEqual(order, ["begins", "ends", "next"]);
  });

  it("keeps the order of each sender's messages, whatever the others send", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 60 }),
        fc.array(fc.boolean()),
        async (senders, slow) => {
          const world = new VirtualSystem();
          const seen: [sender: number, sequence: number][] = [];
          const receiver = world.spawn("receiver");
          const refs = [0, 1, 2, 3].map((index) => world.spawn(`sender-${index}`));
          senders.forEach((sender, sequence) => {
            const isSlow = slow[sequence % Math.max(1, slow.length)] === true;
            const message = work(async () => {
              seen.push([sender, sequence]);
              if (isSlow) await Promise.resolve();
            });
            world.tell(
              refs[sender] ?? receiver,
              work((context) => void context.tell(receiver, message)),
            );
          });
          await world.settle();
          assert.equal(seen.length, senders.length);
          for (const sender of [0, 1, 2, 3]) {
            const sequences = seen.filter(([from]) => from === sender).map(([, sequence]) => sequence);
            assert.deepEqual(
              sequences,
              sequences.toSorted((a, b) => a - b),
            );
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("takes what a handler returns as the next state, and keeps the state when it returns nothing", async () => {
    const world = new VirtualSystem();
    const actor = world.spawn("a");
    world.tell(actor, note("lost"));
    world.tell(
      actor,
      work(() => ({ notes: ["new"] })),
    );
    world.tell(
      actor,
      work(async () => undefined),
    );
    world.tell(
      actor,
      work(async (_, state) => ({ notes: [...state.notes, "newer"] })),
    );
    await world.settle();
    assert.deepEqual(world.notes("/a"), ["new", "newer"]);
  });

  it("gives a void turn of an earlier life neither effect nor state", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const other = world.spawn("other");
    const faults: unknown[] = [];
    const parent = world.spawn("parent", { supervision: { strategy: "allForOne" } });
    world.tell(parent, spawns({ slow: {}, sick: {} }));
    await world.settle();
    world.tell(
      world.at("/parent/slow"),
      work(async (context) => {
        await held.opened;
        for (const act of effectsOn(context, other)) {
          try {
            act();
          } catch (error) {
            faults.push((error as { code?: unknown }).code);
          }
        }
        return { notes: ["of the past"] };
      }),
    );
    world.tell(world.at("/parent/sick"), crash);
    await world.advance(100);
    assert.equal(world.node("/parent/slow").restarts, 1);
    held.open();
    await world.settle();
    assert.deepEqual(new Set(faults), new Set(["staleTurn"]));
    assert.equal(
      world.system.staleTurns.count,
      faults.length + 1,
      "each late effect and the late result are counted",
    );
    assert.deepEqual(world.notes("/parent/slow"), []);
    assert.equal(world.node("/other").handled, 0);
  });

  it("counts a void turn that rejects, and does not fail the new life for it", async () => {
    const world = new VirtualSystem();
    const held = gate();
    const parent = world.spawn("parent", { supervision: { strategy: "allForOne" } });
    world.tell(parent, spawns({ slow: {}, sick: {} }));
    await world.settle();
    world.tell(
      world.at("/parent/slow"),
      work(async () => {
        await held.opened;
        throw new Error("too late");
      }),
    );
    world.tell(world.at("/parent/sick"), crash);
    await world.advance(100);
    held.open();
    await world.settle();
    assert.equal(world.system.staleTurns.count, 1);
    assert.equal(world.node("/parent/slow").failed, 0);
  });

  it("has at most one live turn of an actor, whatever crashes, restarts and resolves late", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("turn" as const), awaits: fc.boolean(), throws: fc.boolean() }),
      fc.record({ kind: fc.constant("release" as const), which: fc.nat(9) }),
      fc.record({ kind: fc.constant("crashSibling" as const) }),
      fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 120 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const world = new VirtualSystem();
        const parent = world.spawn("parent", {
          supervision: {
            strategy: "allForOne",
            budget: { max: 1_000, withinMs: 1 },
            backoff: { minMs: 10, maxMs: 50, jitter: 0 },
          },
        });
        world.tell(parent, spawns({ subject: {}, sick: {} }));
        await world.settle();
        const gates: Gate[] = [];
        const turns = new LiveTurns();
        for (const next of steps) {
          if (next.kind === "turn") {
            const held = gate();
            if (next.awaits) gates.push(held);
            world.tell(
              world.at("/parent/subject"),
              work((context) => turns.run(context, next, held)),
            );
          } else if (next.kind === "release") {
            gates[next.which]?.open();
          } else if (next.kind === "crashSibling") {
            world.tell(world.at("/parent/sick"), crash);
          } else {
            await world.advance(next.ms);
          }
          await world.settle();
        }
        for (const held of gates) held.open();
        await world.advance(1_000);
        assert.ok(turns.max <= 1, `${turns.max} live turns at once`);
        assert.equal(world.node("/parent/subject").state, "running");
        assert.equal(world.node("/parent/subject").mailbox.depth, 0);
      }),
      { numRuns: 60 },
    );
  });
});

/** Counts the turns that are open and still of a present life. */
class LiveTurns {
  readonly #open = new Set<ScriptContext>();
  max = 0;

  run(context: ScriptContext, step: { awaits: boolean; throws: boolean }, held: Gate): void | Promise<void> {
    // A context is shared by the turns of a life, so each turn stands for itself here.
    const turn = Object.create(context) as ScriptContext;
    this.#open.add(turn);
    this.max = Math.max(
      this.max,
      [...this.#open].filter((open) => isLive(Object.getPrototypeOf(open))).length,
    );
    const end = (): void => {
      this.#open.delete(turn);
      if (step.throws) throw new Error("planned");
    };
    return step.awaits ? held.opened.then(end) : end();
  }
}

function isLive(context: ScriptContext): boolean {
  try {
    context.children();
    return true;
  } catch {
    return false;
  }
}

function effectsOn(context: ScriptContext, other: ScriptContext["self"]): (() => unknown)[] {
  return [
    () => context.tell(other, note("late")),
    () => context.ask(other, { kind: "question", run: () => {} }),
    () => context.spawn(script(), "late"),
    () => context.stopSelf(),
    () => context.stopChild(other),
    () => context.watch(other, note("late")),
    () => context.unwatch(other),
    () => context.startTimer("late", 1, note("late")),
    () => context.stopTimer("late"),
    () => context.pipeToSelf(Promise.resolve(), () => note("late")),
    () => context.stash(),
    () => context.unstashAll(),
    () => context.signal,
  ];
}
