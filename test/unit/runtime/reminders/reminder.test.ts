import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PendingReminders } from "../../../../runtime/reminders/pending-reminders.ts";
import { firingOf, reminderOf } from "../../../../runtime/reminders/reminder.ts";
import type { ReminderChange } from "../../../../runtime/reminders/reminder.ts";

const MESSAGE = { kind: "ring" };

describe("a reminder", () => {
  it("is due at its time, or so long after now", () => {
    assert.equal(reminderOf("tea", { atMs: 500.2 }, MESSAGE, 100).dueMs, 501);
    assert.equal(reminderOf("tea", { afterMs: 500 }, MESSAGE, 100).dueMs, 600);
    assert.equal(reminderOf("tea", { afterMs: -500 }, MESSAGE, 100).dueMs, 100);
    assert.equal(reminderOf("tea", { atMs: 0 }, MESSAGE, 100).dueMs, 0, "that was before");
  });

  it("has a time, and a period that is one", () => {
    for (const atMs of [Number.NaN, Infinity, -1, 1e14]) {
      assert.throws(() => reminderOf("tea", { atMs }, MESSAGE, 0), /tea: .* is no time/);
    }
    for (const everyMs of [0, -5, Number.NaN, Infinity]) {
      assert.throws(() => reminderOf("tea", { atMs: 1, everyMs }, MESSAGE, 0), /everyMs/);
    }
  });

  it("fires once for all the times that have passed, and next in step with them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        (dueMs, everyMs, lateMs) => {
          const nowMs = dueMs + lateMs;
          const { times, nextMs = 0 } = firingOf({ name: "tea", dueMs, everyMs, message: MESSAGE }, nowMs);
          assert.ok(nextMs > nowMs && nextMs - everyMs <= nowMs, "the next one is the first that is to come");
          assert.equal((nextMs - dueMs) / everyMs, times);
          assert.ok(times >= 1);
        },
      ),
    );
  });
});

const NAMES = ["a", "b", "c", "d"] as const;
const change: fc.Arbitrary<ReminderChange> = fc.oneof(
  fc.record({
    kind: fc.constant("set" as const),
    name: fc.constantFrom(...NAMES),
    dueMs: fc.nat(100),
    message: fc.constant(MESSAGE),
  }),
  fc.record({ kind: fc.constant("forgotten" as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ kind: fc.constant("fired" as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ kind: fc.constant("fired" as const), name: fc.constantFrom(...NAMES), nextMs: fc.nat(100) }),
);

describe("the reminders of an entity", () => {
  it("are what its records say, and the first of them is the one that is due first", () => {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const pending = new PendingReminders();
        const model = new Map<string, number>();
        for (const one of changes) {
          pending.apply(one);
          if (one.kind === "set") model.set(one.name, one.dueMs);
          else if (one.kind === "fired" && one.nextMs !== undefined && model.has(one.name)) {
            model.set(one.name, one.nextMs);
          } else model.delete(one.name);
          assert.deepEqual(new Map(pending.entries().map(({ name, dueMs }) => [name, dueMs])), model);
          assert.equal(pending.first?.dueMs ?? Infinity, Math.min(...model.values()));
          const due = pending.dueBy(50).map(({ dueMs }) => dueMs);
          assert.deepEqual(
            due,
            [...model.values()].filter((dueMs) => dueMs <= 50).toSorted((a, b) => a - b),
          );
          const others = [...model].filter(([name]) => name !== "a").map(([, dueMs]) => dueMs);
          assert.equal(pending.firstBut("a")?.dueMs ?? Infinity, Math.min(...others));
        }
        assert.deepEqual(new PendingReminders(pending.entries()).entries(), pending.entries());
      }),
    );
  });
});
