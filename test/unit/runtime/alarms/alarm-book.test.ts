import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SEVERITIES } from "../../../../protocols/alarm-settings.ts";
import type { AlarmCall, AlarmPolicy, Notice } from "../../../../runtime/alarms/alarm.ts";
import { ACTIVE_MAX, AlarmBook, OVERFLOW_KEY } from "../../../../runtime/alarms/alarm-book.ts";
import { CALM_MS } from "../../../../runtime/alarms/open-alarm.ts";

const MINUTE_MS = 60_000;
const POLICY: AlarmPolicy = {
  routes: { notice: ["log"], warning: ["log", "chat"], critical: ["log", "chat", "phone"] },
  escalation: [
    { afterMs: 15 * MINUTE_MS, channels: ["boss"], severity: "critical" },
    { afterMs: 5 * MINUTE_MS, channels: ["second"], severity: "warning" },
  ],
};

const call = (key: string, more: Partial<AlarmCall> = {}): AlarmCall => ({
  key,
  severity: "warning",
  summary: `${key} is wrong`,
  ...more,
});
const told = (notices: readonly Notice[]) =>
  notices.map(({ kind, alarm, channels }) => `${kind} ${alarm.key} to ${channels.join("+")}`);

describe("the book of alarms", () => {
  it("tells each thing once, and counts what comes again", () => {
    const book = new AlarmBook(POLICY);
    assert.deepEqual(told(book.raise(call("disk"), 0)), ["raised disk to log+chat"]);
    assert.deepEqual(told(book.raise(call("disk", { summary: "fuller" }), 1_000)), []);
    assert.deepEqual(told(book.raise(call("net"), 2_000)), ["raised net to log+chat"]);
    const [, disk] = book.active();
    assert.deepEqual([disk?.count, disk?.firstAtMs, disk?.lastAtMs, disk?.summary], [2, 0, 1_000, "fuller"]);
  });

  it("tells the end to everybody who heard of the beginning, with how long it lasted", () => {
    const book = new AlarmBook(POLICY);
    book.raise(call("disk"), 1_000);
    book.due(1_000 + 5 * MINUTE_MS);
    const [end] = book.clear("disk", 1_000 + 6 * MINUTE_MS);
    assert.deepEqual(told(end === undefined ? [] : [end]), ["recovered disk to log+chat+second"]);
    assert.equal((end?.alarm.endedAtMs ?? 0) - (end?.alarm.firstAtMs ?? 0), 6 * MINUTE_MS);
    assert.deepEqual(book.active(), []);
    assert.equal(book.ended()[0]?.key, "disk");
  });

  it("tells nobody once more of what people have heard of, and tells them of the end", () => {
    const book = new AlarmBook(POLICY);
    assert.deepEqual(told(book.raise(call("disk", { isTold: true }), 0)), []);
    assert.equal(book.active()[0]?.state, "active");
    assert.deepEqual(told(book.clear("disk", 1_000)), ["recovered disk to log+chat"]);
  });

  it("forgets without a word what somebody else looks after", () => {
    const book = new AlarmBook(POLICY);
    book.raise(call("disk"), 0);
    book.drop("disk");
    assert.deepEqual([book.active(), book.ended(), told(book.clear("disk", 1))], [[], [], []]);
  });

  it("says nothing of the end of what never began", () => {
    assert.deepEqual(new AlarmBook(POLICY).clear("disk", 0), []);
  });

  it("tells more people when nobody acknowledges, step by step and once each", () => {
    const book = new AlarmBook(POLICY);
    book.raise(call("disk", { severity: "critical" }), 0);
    assert.equal(book.nextDueMs(), 5 * MINUTE_MS);
    assert.deepEqual(told(book.due(5 * MINUTE_MS - 1)), []);
    assert.deepEqual(told(book.due(5 * MINUTE_MS)), ["escalated disk to second"]);
    assert.equal(book.nextDueMs(), 15 * MINUTE_MS);
    assert.deepEqual(told(book.due(15 * MINUTE_MS)), ["escalated disk to boss"]);
    assert.deepEqual([told(book.due(99 * MINUTE_MS)), book.nextDueMs()], [[], undefined]);
  });

  it("makes up for steps that it slept through", () => {
    const book = new AlarmBook(POLICY);
    book.raise(call("disk", { severity: "critical" }), 0);
    assert.deepEqual(told(book.due(20 * MINUTE_MS)), ["escalated disk to second", "escalated disk to boss"]);
  });

  it("spares those a step is not for", () => {
    const book = new AlarmBook(POLICY);
    book.raise(call("disk", { severity: "notice" }), 0);
    assert.deepEqual([told(book.due(99 * MINUTE_MS)), book.nextDueMs()], [[], undefined]);
  });

  it("tells nobody else once somebody looks after it, and keeps the first who did", () => {
    const book = new AlarmBook(POLICY);
    book.raise(call("disk", { severity: "critical" }), 0);
    assert.equal(book.acknowledge("disk", "ann", 1_000), true);
    assert.equal(book.acknowledge("disk", "bob", 2_000), true);
    assert.equal(book.acknowledge("net", "ann", 1_000), false);
    assert.deepEqual(told(book.due(99 * MINUTE_MS)), []);
    assert.deepEqual(book.active()[0]?.acknowledged, { by: "ann", atMs: 1_000 });
    assert.equal(book.active()[0]?.state, "acknowledged");
  });

  it("tells again when it becomes graver, for nobody has acknowledged that", () => {
    const book = new AlarmBook(POLICY);
    book.raise(call("disk"), 0);
    book.acknowledge("disk", "ann", 1_000);
    const notices = book.raise(call("disk", { severity: "critical" }), MINUTE_MS);
    assert.deepEqual(told(notices), ["raised disk to log+chat+phone"]);
    assert.equal(book.active()[0]?.state, "active");
    assert.equal(book.nextDueMs(), 6 * MINUTE_MS);
    assert.deepEqual(told(book.raise(call("disk", { severity: "notice" }), 2 * MINUTE_MS)), []);
    assert.equal(book.active()[0]?.severity, "critical");
  });

  it("ends by itself what has not happened again, where that is how it ends", () => {
    const book = new AlarmBook(POLICY);
    book.raise(call("crash", { quietMs: MINUTE_MS }), 0);
    book.raise(call("crash", { quietMs: MINUTE_MS }), 30_000);
    assert.deepEqual(told(book.due(89_999)), []);
    assert.deepEqual(told(book.due(90_000)), ["recovered crash to log+chat"]);
    assert.equal(book.ended()[0]?.end, "quiet");
  });

  it("believes the end of what comes and goes only once it has stayed away", () => {
    const book = new AlarmBook(POLICY);
    for (const atMs of [0, 10_000]) {
      assert.equal(book.raise(call("link"), atMs).length, 1);
      assert.equal(book.clear("link", atMs + 5_000).length, 1);
    }
    assert.deepEqual(told(book.raise(call("link"), 20_000)), ["raised link to log+chat"]);
    assert.equal(book.active()[0]?.isFlapping, true);
    for (const atMs of [25_000, 35_000, 45_000]) {
      assert.deepEqual(told(book.clear("link", atMs)), []);
      assert.deepEqual(told(book.raise(call("link"), atMs + 5_000)), []);
    }
    book.clear("link", 60_000);
    assert.deepEqual(told(book.due(60_000 + CALM_MS - 1)), []);
    assert.deepEqual(told(book.due(60_000 + CALM_MS)), ["recovered link to log+chat"]);
  });

  it("lets an operator close anything, also what flaps", () => {
    const book = new AlarmBook(POLICY);
    for (const atMs of [0, 1, 2]) {
      book.raise(call("link"), atMs);
      if (atMs < 2) book.clear("link", atMs);
    }
    assert.deepEqual(told(book.close("link", 10) ?? []), ["recovered link to log+chat"]);
    assert.equal(book.close("link", 11), undefined);
    assert.equal(book.ended()[0]?.end, "closed");
  });

  it("counts what is too much for it, and one alarm says so", () => {
    const book = new AlarmBook(POLICY);
    for (let index = 0; index < ACTIVE_MAX; index++) book.raise(call(`thing ${index}`), 0);
    assert.deepEqual(told(book.raise(call("one more"), 1)), [`raised ${OVERFLOW_KEY} to log+chat+phone`]);
    assert.deepEqual(told(book.raise(call("another"), 2)), []);
    assert.deepEqual([book.overflowed, book.active().length], [2, ACTIVE_MAX + 1]);
    assert.equal(book.active()[0]?.key, OVERFLOW_KEY);
  });

  it("goes on in another process as if nothing had happened", () => {
    const book = new AlarmBook(POLICY);
    book.raise(call("disk", { severity: "critical" }), 0);
    book.due(5 * MINUTE_MS);
    const heir = new AlarmBook(POLICY, structuredClone(book.dump()));
    assert.deepEqual(told(heir.raise(call("disk", { severity: "critical" }), 6 * MINUTE_MS)), []);
    assert.deepEqual(told(heir.due(15 * MINUTE_MS)), ["escalated disk to boss"]);
    assert.deepEqual(told(heir.clear("disk", 16 * MINUTE_MS)), [
      "recovered disk to log+chat+phone+second+boss",
    ]);
  });
});

type Step =
  | { readonly act: "raise"; readonly key: string; readonly severity: AlarmCall["severity"] }
  | { readonly act: "clear" | "acknowledge" | "close"; readonly key: string }
  | { readonly act: "pass" };

const key = fc.constantFrom("a", "b", "c");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constant("raise" as const), key, severity: fc.constantFrom(...SEVERITIES) }),
  fc.record({ act: fc.constantFrom("clear" as const, "acknowledge" as const, "close" as const), key }),
  fc.constant({ act: "pass" as const }),
);

/** Plays steps, some time apart, and gathers every notice with what the world knew. */
function play(steps: readonly { readonly step: Step; readonly waitMs: number }[]): Notice[] {
  const book = new AlarmBook(POLICY);
  let nowMs = 0;
  return steps.flatMap(({ step: { act, ...rest }, waitMs }) => {
    nowMs += waitMs;
    const made = [...book.due(nowMs)];
    if (act === "pass") return made;
    const { key: name, severity = "warning" } = rest as { key: string; severity?: AlarmCall["severity"] };
    if (act === "raise") return [...made, ...book.raise(call(name, { severity }), nowMs)];
    if (act === "clear") return [...made, ...book.clear(name, nowMs)];
    if (act === "close") return [...made, ...(book.close(name, nowMs) ?? [])];
    book.acknowledge(name, "ann", nowMs);
    return made;
  });
}

describe("whatever happens, the book of alarms", () => {
  const steps = fc.array(fc.record({ step, waitMs: fc.nat(10 * MINUTE_MS) }), { maxLength: 60 });

  it("tells of no end without a beginning, and of no beginning twice at one severity", () => {
    fc.assert(
      fc.property(steps, (given) => {
        const open = new Map<string, string[]>();
        for (const { kind, alarm } of play(given)) {
          const severities = open.get(alarm.key);
          if (kind === "raised") {
            assert.ok(severities?.includes(alarm.severity) !== true, `${alarm.key} raised twice`);
            open.set(alarm.key, [...(severities ?? []), alarm.severity]);
          } else {
            assert.ok(severities !== undefined, `${alarm.key} ${kind} before it was raised`);
            if (kind === "recovered") open.delete(alarm.key);
          }
        }
      }),
    );
  });

  it("tells every end to all who heard of that alarm", () => {
    fc.assert(
      fc.property(steps, (given) => {
        const heard = new Map<string, Set<string>>();
        for (const { kind, alarm, channels } of play(given)) {
          const all = heard.get(alarm.key) ?? new Set();
          if (kind === "recovered") {
            assert.deepEqual(new Set(channels), all);
            heard.delete(alarm.key);
          } else heard.set(alarm.key, new Set([...all, ...channels]));
        }
      }),
    );
  });

  it("escalates nothing that somebody looks after", () => {
    fc.assert(
      fc.property(steps, (given) => {
        for (const { kind, alarm } of play(given)) {
          if (kind === "escalated") assert.equal(alarm.acknowledged, undefined);
        }
      }),
    );
  });
});
