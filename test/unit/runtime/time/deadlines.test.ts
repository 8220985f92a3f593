import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Deadline, Deadlines } from "../../../../runtime/time/deadlines.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

class Task extends Deadline {
  readonly #run: () => void;

  constructor(run: () => void = () => {}) {
    super();
    this.#run = run;
  }

  expire(): void {
    this.#run();
  }
}

const DELAYS = [0, 1, 10, 100, 250] as const;
const step = fc.oneof(
  fc.record({
    kind: fc.constant("add" as const),
    delayMs: fc.constantFrom(...DELAYS),
    again: fc.option(fc.constantFrom(...DELAYS), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("cancel" as const), which: fc.nat(40) }),
  fc.record({ kind: fc.constant("move" as const), which: fc.nat(40), delayMs: fc.constantFrom(...DELAYS) }),
  fc.record({ kind: fc.constant("pass" as const), ms: fc.nat(120) }),
);

describe("deadlines", () => {
  it("expire when a naive list says so, whatever is added, moved, cancelled, and added on expiry", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new VirtualClock();
        const deadlines = new Deadlines(clock);
        const tasks: Deadline[] = [];
        /** What is to expire: when, by the task's number. */
        const due = new Map<number, number>();
        const add = (delayMs: number, again?: number): void => {
          const id = tasks.length;
          const task = new Task(() => {
            assert.equal(due.get(id), clock.nowMs(), "neither early nor late, nor after a cancel");
            due.delete(id);
            if (again !== undefined) add(again);
          });
          tasks.push(task);
          due.set(id, clock.nowMs() + delayMs);
          deadlines.add(task, delayMs);
        };
        for (const next of steps) {
          if (next.kind === "add") add(next.delayMs, next.again);
          else if (next.kind === "pass") clock.advance(next.ms);
          else if (tasks[next.which] === undefined) continue;
          else if (next.kind === "cancel") {
            tasks[next.which]?.cancel();
            due.delete(next.which);
          } else if (due.has(next.which)) {
            deadlines.add(tasks[next.which] as Deadline, next.delayMs);
            due.set(next.which, clock.nowMs() + next.delayMs);
          }
        }
        clock.advance(1_000);
        assert.deepEqual([...due], []);
        assert.equal(clock.step(1_000_000), false, "no platform timer is left");
      }),
      { numRuns: 300 },
    );
  });

  it("are not put off by one of the same delay that is set while another expires", () => {
    const clock = new VirtualClock();
    const deadlines = new Deadlines(clock);
    const expired: number[] = [];
    deadlines.add(new Task(() => deadlines.add(new Task(), 100)), 100);
    clock.advance(50);
    deadlines.add(new Task(() => void expired.push(clock.nowMs())), 100);
    clock.advance(200);
    assert.deepEqual(expired, [150]);
  });

  it("of one delay share one platform timer", () => {
    let timers = 0;
    const clock = new VirtualClock();
    const deadlines = new Deadlines({
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      after: (delayMs, task) => {
        timers++;
        return clock.after(delayMs, task);
      },
    });
    for (let count = 0; count < 1_000; count++) deadlines.add(new Task(), 5_000);
    assert.equal(timers, 1);
  });

  it("still expire when one of them throws", () => {
    const clock = new VirtualClock();
    const deadlines = new Deadlines(clock);
    const expired: string[] = [];
    deadlines.add(
      new Task(() => {
        throw new Error("broken");
      }),
      10,
    );
    deadlines.add(new Task(() => void expired.push("next")), 10);
    assert.throws(() => clock.advance(10), /broken/);
    clock.advance(10);
    assert.deepEqual(expired, ["next"]);
  });

  it("are forgotten when cleared, also by one of them, and can be set again", () => {
    const clock = new VirtualClock();
    const deadlines = new Deadlines(clock);
    const expired: string[] = [];
    deadlines.add(new Task(() => deadlines.clear()), 10);
    deadlines.add(new Task(() => void expired.push("never")), 10);
    deadlines.add(new Task(() => void expired.push("never")), 20);
    clock.advance(15);
    deadlines.add(new Task(() => void expired.push("set again")), 10);
    clock.advance(1_000);
    assert.deepEqual(expired, ["set again"]);
    assert.equal(clock.step(1_000_000), false);
  });

  it("take a delay below zero for none, and a broken one for the next whole millisecond", () => {
    const clock = new VirtualClock();
    const deadlines = new Deadlines(clock);
    const expired: number[] = [];
    for (const delayMs of [-5, 0.2]) deadlines.add(new Task(() => void expired.push(clock.nowMs())), delayMs);
    clock.advance(5);
    assert.deepEqual(expired, [0, 1]);
  });

  it("refuse a delay that is no number instead of firing without end", () => {
    const deadlines = new Deadlines(new VirtualClock());
    assert.throws(() => deadlines.add(new Task(), Number.NaN), RangeError);
    assert.throws(() => deadlines.add(new Task(), Number.POSITIVE_INFINITY), RangeError);
  });
});
