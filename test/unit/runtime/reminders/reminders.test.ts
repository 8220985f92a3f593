import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryReminderStore } from "../../../../runtime/reminders/memory-reminder-store.ts";
import { Reminders } from "../../../../runtime/reminders/reminders.ts";
import { HELD_MAX } from "../../../../runtime/reminders/wake-calls.ts";
import { LogRecord } from "../../../support/log-record.ts";
import { ShakyReminderStore } from "../../../support/shaky-reminder-store.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";
import { microtasks } from "../../../support/virtual-system.ts";

const HOUR_MS = 3_600_000;
const OWNER = { ownerEpoch: 1, incarnation: "test" };
const room = (id: string | number) => ({ type: "room", id: String(id) });

/** Reminders on virtual time, and who was woken when. Whoever is woken says that it does not want to be any more, unless `isSilent`. */
function world({
  store = new MemoryReminderStore(),
  perSecond = 10_000,
  isSilent = false,
  aheadMs = (): number => 0,
} = {}) {
  const clock = new VirtualClock();
  const time = (): number => clock.wallMs() + aheadMs();
  const log = new LogRecord();
  const reminders = new Reminders({ store, clock, log, perSecond, time });
  const woken: { readonly id: string; readonly atMs: number }[] = [];
  const begin = (): void =>
    reminders.begin((entity) => {
      woken.push({ id: entity.id, atMs: clock.nowMs() });
      if (!isSilent) reminders.wakeAt(entity, OWNER, undefined).catch(() => undefined);
      return "accepted";
    });
  /** Lets time pass in steps that a clock takes. */
  const pass = async (durationMs: number): Promise<void> => {
    const endMs = clock.nowMs() + durationMs;
    do await microtasks();
    while (clock.step(endMs - clock.nowMs()));
    clock.advance(endMs - clock.nowMs());
  };
  return { clock, log, reminders, woken, begin, pass, store };
}

describe("the reminders of a node", () => {
  it("wake whoever wants to be woken, to the millisecond", async () => {
    const { reminders, woken, begin, pass } = world();
    begin();
    for (const [id, dueMs] of [
      ["a", 7],
      ["b", 1_234],
      ["c", 100_001],
      ["d", 30 * 24 * HOUR_MS],
    ] as const) {
      await reminders.wakeBy(room(id), OWNER, dueMs);
    }
    await pass(200_000);
    assert.deepEqual(woken, [
      { id: "a", atMs: 7 },
      { id: "b", atMs: 1_234 },
      { id: "c", atMs: 100_001 },
    ]);
    assert.equal(reminders.held, 0, "what is due in a month is not in memory");
  });

  it("leave nothing to do when nothing is to be done", async () => {
    const { clock, begin, pass } = world();
    begin();
    await pass(10);
    assert.equal(clock.step(HOUR_MS), false);
  });

  it("wake those whom an earlier process has left, the first one first", async () => {
    const earlier = world();
    for (let at = 0; at < 3; at++) await earlier.reminders.wakeBy(room(at), OWNER, 500 - at);
    const { clock, woken, begin, pass } = world({ store: earlier.store });
    clock.advance(10_000);
    begin();
    await pass(100);
    assert.deepEqual(
      woken.map(({ id }) => id),
      ["2", "1", "0"],
    );
  });

  it("wake a hundred thousand that are due at once no faster than they may, with few of them in memory", async () => {
    const { reminders, woken, begin, pass } = world({ perSecond: 50_000 });
    for (let at = 0; at < 100_000; at++) void reminders.wakeBy(room(at), OWNER, 1_000);
    begin();
    let heldMax = 0;
    for (let second = 0; second < 3; second++) {
      const before = woken.length;
      await pass(1_000);
      heldMax = Math.max(heldMax, reminders.held);
      assert.ok(woken.length - before <= 50_000 * 1.02 + 1, `${woken.length - before} in a second`);
    }
    assert.equal(woken.length, 100_000);
    assert.equal(new Set(woken.map(({ id }) => id)).size, 100_000);
    assert.ok(heldMax <= HELD_MAX);
  });

  it("wake again whoever does not say when to be woken next", async () => {
    const { reminders, woken, begin, pass } = world({ isSilent: true });
    begin();
    await reminders.wakeBy(room("a"), OWNER, 100);
    await pass(70_000);
    assert.ok(woken.length >= 2 && woken.length <= 4, `${woken.length} times`);
  });

  it("go on when the store was away", async () => {
    const store = new ShakyReminderStore();
    const { reminders, woken, begin, pass, log } = world({ store: store as never });
    await reminders.wakeBy(room("a"), OWNER, 100);
    store.fates.push("lost", "lost", "lost");
    begin();
    await pass(60_000);
    assert.equal(woken[0]?.id, "a");
    assert.equal(log.lines.filter(({ event }) => event === "reminders.unreadable").length, 1, "said once");
  });

  it("wake nobody once they are stopped, and everybody when they begin again", async () => {
    const { reminders, woken, begin, pass } = world();
    begin();
    await reminders.wakeBy(room("a"), OWNER, 100);
    await pass(50);
    reminders.stop();
    await pass(10_000);
    assert.deepEqual(woken, []);
    begin();
    await pass(10);
    assert.equal(woken.length, 1);
  });

  it("are not late for as long as a machine was suspended", async () => {
    let suspendedMs = 0;
    const { reminders, woken, begin, pass } = world({ aheadMs: () => suspendedMs });
    begin();
    await reminders.wakeBy(room("a"), OWNER, 8 * HOUR_MS);
    await pass(HOUR_MS);
    suspendedMs = 7 * HOUR_MS;
    await pass(5_000);
    assert.deepEqual(
      woken.map(({ id }) => id),
      ["a"],
    );
  });

  it("wake nobody twice, nor later, when the clock is set back", async () => {
    let stepMs = 0;
    const { reminders, woken, begin, pass } = world({ aheadMs: () => HOUR_MS + stepMs });
    begin();
    await reminders.wakeBy(room("a"), OWNER, HOUR_MS + 10_000);
    await reminders.wakeBy(room("b"), OWNER, HOUR_MS + 60_000);
    await pass(20_000);
    stepMs = -HOUR_MS;
    await pass(50_000);
    assert.deepEqual(
      woken.map(({ id }) => id),
      ["a", "b"],
    );
  });
});
