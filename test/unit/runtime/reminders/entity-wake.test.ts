import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EntityWake } from "../../../../runtime/reminders/entity-wake.ts";
import type { Reminders } from "../../../../runtime/reminders/reminders.ts";
import { gate } from "../../../support/script.ts";
import { microtasks } from "../../../support/virtual-system.ts";

const ENTITY = { type: "room", id: "a" };
const OWNER = { ownerEpoch: 1, incarnation: "test" };

/** The wake-up of an entity, and what is done for it in which order; what is stored waits for `stored`. */
function world(isBesideJournal: boolean) {
  const done: string[] = [];
  const stored = gate();
  let isFailing = false;
  const reminders = {
    isBesideJournal,
    async wakeBy(_entity: unknown, _owner: unknown, dueMs: number): Promise<void> {
      done.push(`by ${dueMs}`);
      await stored.opened;
      if (isFailing) throw new Error("not stored");
      done.push(`stored ${dueMs}`);
    },
    wakeAt: async (_entity: unknown, _owner: unknown, dueMs: number | undefined) =>
      void done.push(`at ${dueMs}`),
  };
  const wake = new EntityWake(reminders as unknown as Reminders, ENTITY, OWNER);
  const append = (name: string, firstMs?: number): Promise<string> =>
    wake.append(firstMs, async () => {
      done.push(name);
      return name;
    });
  return { done, stored, wake, append, fail: () => (isFailing = true) };
}

describe("the wake-up of an entity", () => {
  it("is stored before the record that needs it, and later records wait in their order", async () => {
    const { done, stored, append } = world(false);
    const appended = [append("1", 500), append("2", 500), append("3")];
    await microtasks();
    assert.deepEqual(done, ["by 500"]);
    stored.open();
    await Promise.all(appended);
    assert.deepEqual(done, ["by 500", "stored 500", "1", "2", "3"]);
    await append("4", 700);
    assert.deepEqual(done.slice(5), ["4"], "it is woken early enough");
  });

  it("keeps back the record when it cannot be stored", async () => {
    const { done, stored, append, fail } = world(false);
    fail();
    const appended = append("1", 500);
    stored.open();
    await assert.rejects(appended, /not stored/);
    assert.deepEqual(done, ["by 500"]);
  });

  it("is sent ahead of the record where both are in one store, and the record is answered when both are stored", async () => {
    const { done, stored, append } = world(true);
    let isAnswered = false;
    const appended = append("1", 500).then(() => (isAnswered = true));
    await microtasks();
    assert.deepEqual(done, ["by 500", "1"]);
    assert.equal(isAnswered, false);
    stored.open();
    await appended;
    assert.ok(isAnswered);
  });

  it("is taken back when the entity leaves and does not need it, and left where it is overdue", () => {
    const { done, wake } = world(false);
    wake.begin(500);
    wake.leave(500);
    wake.leave(400);
    wake.leave(900);
    wake.leave(undefined);
    assert.deepEqual(done, ["by 500", "at 900", "at undefined"]);
  });
});
