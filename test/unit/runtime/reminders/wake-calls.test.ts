import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Verdict } from "../../../../runtime/actor/actor-ref.ts";
import { HELD_MAX, WakeCalls } from "../../../../runtime/reminders/wake-calls.ts";

const room = (id: string | number) => ({ type: "room", id: String(id) });

/** Calls, and who was called when. */
function calls(perSecond = 1_000, verdict: () => Verdict = () => "accepted") {
  const called: string[] = [];
  let nowMs = 0;
  const wakes = new WakeCalls(
    ({ id }) => {
      const word = verdict();
      if (word === "accepted") called.push(`${id} ${nowMs}`);
      return word;
    },
    perSecond,
    0,
  );
  const pass = (untilMs: number): void => {
    for (; nowMs <= untilMs; nowMs++) wakes.run(nowMs);
    nowMs = untilMs;
  };
  return { wakes, called, pass };
}

describe("the calls that wake", () => {
  it("come when they are due, the earliest first", () => {
    const { wakes, called, pass } = calls();
    for (const [id, dueMs] of Object.entries({ c: 30, a: 10, b: 20 })) wakes.plan(room(id), dueMs);
    assert.equal(wakes.nextMs, 10);
    pass(100);
    assert.deepEqual(called, ["a 10", "b 20", "c 30"]);
    assert.equal(wakes.size, 0);
    assert.equal(wakes.nextMs, undefined);
  });

  it("come once for each, at the earliest time of all that were planned", () => {
    const { wakes, called, pass } = calls();
    for (const dueMs of [30, 10, 20]) wakes.plan(room("a"), dueMs);
    pass(100);
    assert.deepEqual(called, ["a 10"]);
  });

  it("do not come when they are not needed any more, also when they wait already", () => {
    const { wakes, called, pass } = calls(1);
    for (const id of ["a", "b"]) wakes.plan(room(id), 10);
    wakes.plan(room("c"), 500);
    wakes.forget(room("c"));
    pass(20);
    wakes.forget(room("b"));
    pass(5_000);
    assert.deepEqual(called, ["a 10"]);
    assert.equal(wakes.size, 0);
  });

  it("never come faster than they may, and none is left out", () => {
    const { wakes, called, pass } = calls(500);
    for (let id = 0; id < 3_000; id++) wakes.plan(room(id), 100);
    pass(10_000);
    assert.equal(called.length, 3_000);
    const times = called.map((call) => Number(call.split(" ")[1]));
    for (let at = 0; at + 510 < times.length; at++) {
      assert.ok((times[at + 510] ?? 0) - (times[at] ?? 0) >= 999, "more than 510 in a second");
    }
  });

  it("leave the event loop its turn", () => {
    const { wakes, called } = calls(1_000_000);
    for (let id = 0; id < 1_000; id++) wakes.plan(room(id), 0);
    wakes.run(5);
    assert.ok(called.length <= 100, `${called.length} in one go`);
    assert.ok((wakes.nextMs ?? Infinity) <= 5, "and goes on at once");
  });

  it("are made again when there was no room for whoever is called", () => {
    let busy = 2;
    const { wakes, called, pass } = calls(1_000, () => (busy-- > 0 ? "busy" : "accepted"));
    wakes.plan(room("a"), 10);
    pass(5_000);
    assert.deepEqual(called, ["a 2010"]);
  });

  it("are forgotten when nobody can be called", () => {
    const { wakes, pass } = calls(1_000, () => "gone");
    wakes.plan(room("a"), 10);
    pass(20);
    assert.equal(wakes.size, 0);
  });

  it("are only so many in memory", () => {
    const { wakes } = calls();
    for (let id = 0; id < HELD_MAX; id++) assert.ok(wakes.plan(room(id), 10));
    assert.equal(wakes.plan(room("one more"), 10), false);
    assert.equal(wakes.room, 0);
    assert.ok(wakes.plan(room(7), 5), "one of those that are there may be moved");
  });
});
