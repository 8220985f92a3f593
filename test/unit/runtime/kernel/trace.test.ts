import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LocalRef } from "../../../../runtime/kernel/local-ref.ts";
import type { Trace, TraceOptions } from "../../../../runtime/kernel/trace.ts";
import { crash, gate, note, work } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const ALL: TraceOptions = { everyNth: 1, forMs: 60_000 };

function traced(virtual: VirtualSystem, options: Partial<TraceOptions> = {}): Trace {
  const trace = virtual.system.traces.begin("/a", { ...ALL, ...options });
  assert.ok(trace !== undefined);
  return trace;
}

const told = (trace: Trace) =>
  trace.samples().map(({ kind, waitedMs, tookMs, outcome }) => ({ kind, waitedMs, tookMs, outcome }));

describe("a trace", () => {
  it("tells of each turn what it was, how long its message waited, how long it took and how it ended", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    const trace = traced(virtual);
    await virtual.advance(5_000);
    const { opened, open } = gate();
    virtual.tell(
      actor,
      work(() => opened),
    );
    virtual.tell(actor, note("behind"));
    virtual.tell(actor, crash);
    await virtual.advance(250);
    open();
    await virtual.advance(1_000);
    assert.deepEqual(told(trace), [
      { kind: "work", waitedMs: 0, tookMs: 250, outcome: "handled" },
      { kind: "note", waitedMs: 250, tookMs: 0, outcome: "handled" },
      { kind: "work", waitedMs: 250, tookMs: 0, outcome: "failed" },
    ]);
    assert.deepEqual(
      trace.samples(1).map(({ sequence }) => sequence),
      [2, 3],
    );
  });

  it("sees a promise that rejects, and a turn that was given up", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a", { progressWithinMs: 500 });
    const trace = traced(virtual);
    virtual.tell(
      actor,
      work(() => Promise.reject(new Error("late"))),
    );
    let tries = 0;
    await virtual.advance(200);
    virtual.tell(
      actor,
      work(() => (++tries === 1 ? new Promise(() => {}) : undefined)),
    );
    await virtual.advance(2_000);
    assert.deepEqual(
      trace.samples().map(({ outcome }) => outcome),
      ["failed", "givenUp", "handled"],
    );
  });

  it("takes every nth turn only", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    const trace = traced(virtual, { everyNth: 10 });
    for (let n = 0; n < 35; n++) virtual.tell(actor, note(String(n)));
    await virtual.settle();
    assert.deepEqual([trace.turns, trace.samples().length], [35, 3]);
    assert.equal(virtual.notes("/a").length, 35);
  });

  it("keeps the latest thousand", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    const trace = traced(virtual);
    for (let n = 0; n < 1_500; n++) virtual.tell(actor, note(String(n)));
    await virtual.settle();
    assert.equal(trace.samples().length, 1_000);
    assert.equal(trace.samples().at(-1)?.sequence, 1_500);
  });

  it("ends by itself, and leaves the actor with the very handlers that it had", async () => {
    const virtual = new VirtualSystem();
    const { cell } = virtual.spawn("a") as unknown as LocalRef;
    const { definition } = cell;
    const trace = traced(virtual, { forMs: 1_000 });
    assert.notEqual(cell.definition, definition);
    await virtual.advance(1_000);
    assert.equal(trace.isOver, true);
    assert.equal(cell.definition, definition);
    virtual.tell(virtual.at("/a"), note("unseen"));
    await virtual.settle();
    assert.deepEqual(trace.samples(), []);
    assert.deepEqual(virtual.system.traces.open(), []);
    assert.equal(virtual.system.traces.get(trace.id), trace, "it can be read for a while");
    await virtual.advance(61_000);
    assert.equal(virtual.system.traces.get(trace.id), undefined);
  });

  it("goes on over a restart, and is over when its actor has stopped", async () => {
    const virtual = new VirtualSystem();
    virtual.spawn("a");
    const trace = traced(virtual);
    virtual.tell(virtual.at("/a"), crash);
    await virtual.advance(1_000);
    virtual.tell(virtual.at("/a"), note("next life"));
    await virtual.settle();
    assert.deepEqual(
      trace.samples().map(({ kind }) => kind),
      ["work", "note"],
    );
    virtual.system.steering.steer("stop", { path: "/a" });
    assert.equal(trace.isOver, true);
    await virtual.advance(60_000);
  });

  it("and a drain do not undo each other", async () => {
    const virtual = new VirtualSystem();
    const actor = virtual.spawn("a");
    const { opened, open } = gate();
    virtual.tell(
      actor,
      work(() => opened),
    );
    await virtual.settle();
    const trace = traced(virtual);
    virtual.system.steering.steer("drain", { path: "/a" });
    trace.end();
    assert.equal(virtual.tell(actor, note("refused")), "busy");
    open();
    await virtual.advance(100);
    assert.equal(virtual.system.describe({ path: "/a" }), undefined);
  });

  it("is one for an actor and few for a node, of somebody who is there, for a time that makes sense", () => {
    const virtual = new VirtualSystem();
    const { traces } = virtual.system;
    for (let n = 0; n <= 10; n++) virtual.spawn(`a${n}`);
    assert.equal(traces.begin("/nobody", ALL), undefined);
    for (let n = 0; n < 10; n++) traces.begin(`/a${n}`, ALL);
    assert.throws(() => traces.begin("/a0", ALL), { name: "TypeError", message: /traced already/ });
    assert.throws(() => traces.begin("/a10", ALL), { name: "TypeError", message: /no more than 10/ });
    assert.equal(traces.open().length, 10);
    traces.open()[0]?.end();
    assert.ok(traces.begin("/a10", ALL) !== undefined);
    for (const wrong of [
      { everyNth: 0 },
      { everyNth: 1.5 },
      { forMs: Number.POSITIVE_INFINITY },
      { forMs: 0 },
    ]) {
      assert.throws(() => traces.begin("/a1", { ...ALL, ...wrong }), RangeError);
    }
  });
});
