import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkHistory } from "../../../chaos/cluster/check-history.ts";
import type { EndedMessage, History, SaidMessage, StoredStep } from "../../../chaos/cluster/history.ts";

const TALLY = "1-0";
const FIRST = { ownerEpoch: 10, incarnation: "a/1" };
const SECOND = { ownerEpoch: 20, incarnation: "b/1" };

const SOUND: History = {
  durability: "fsync",
  said: [said("tell", 1), said("ask", 2), said("deliver", 3)],
  ended: [ended("s.1", 2), ended("s.1", 3)],
  stored: steps([FIRST, "s.1:1"], [FIRST, "s.1:2"], [SECOND, "s.1:3"]),
  lost: new Map(),
  counted: 0,
  killedAtMs: [],
  gone: new Set(),
  forgivenUntilMs: undefined,
  acceptedAtMs: undefined,
  recoveries: [{ node: "n1", silent: [], ms: 10 }],
  mishaps: [],
};

describe("the history of a run", () => {
  it("is sound when all that was said is stored once, in order, by one owner after the other", () => {
    assert.deepEqual(checkHistory(SOUND), []);
  });

  describe("shows owners", () => {
    it("of which an earlier one stores after a later one", () => {
      finds({ stored: steps([FIRST, "s.1:1"], [SECOND, "s.1:2"], [FIRST, "s.1:3"]) }, /^I1 .* after 20/);
    });

    it("that share an epoch", () => {
      const other = { ...FIRST, incarnation: "c/1" };
      finds({ stored: steps([FIRST, "s.1:1"], [other, "s.1:2"]) }, /^I1 .* share an epoch/);
    });

    it("that leave out a version", () => {
      const [, ...later] = SOUND.stored.get(TALLY) ?? [];
      finds({ stored: new Map([[TALLY, later]]) }, /^I1 .* version 2 stands where 1 should/);
    });

    it("whose epochs went back when everything was lost", () => {
      const lost = steps([SECOND, "s.1:0"]);
      finds({ lost }, /^I1 .* of epoch 10, after 20/);
    });
  });

  describe("shows promises", () => {
    it("that were not kept", () => {
      finds({ ended: [...SOUND.ended, ended("s.1", 9)] }, /^I2 .* s\.1:9 was acknowledged and is not stored/);
    });

    it("that were kept twice", () => {
      const twice = steps([FIRST, "s.1:1"], [FIRST, "s.1:2"], [SECOND, "s.1:3"], [SECOND, "s.1:3"]);
      finds({ stored: twice }, /^I2 .* s\.1:3 is stored 2 times/);
    });

    it("that were made before a loss on purpose, and forgives those alone", () => {
      const before = { said: [...SOUND.said, said("ask", 9, 50)], ended: [...SOUND.ended, ended("s.1", 9)] };
      assert.deepEqual(checkHistory({ ...SOUND, ...before, forgivenUntilMs: 60 }), []);
      finds({ ...before, forgivenUntilMs: 40 }, /^I2/);
    });

    it("of reminders, which nobody has said, and forgives those that were made before a loss on purpose", () => {
      const promised = { ended: [...SOUND.ended, ended("bell", 1)] };
      assert.deepEqual(checkHistory({ ...SOUND, ...promised, forgivenUntilMs: 210 }), []);
      finds({ ...promised, forgivenUntilMs: 190 }, /^I2 .* bell:1 was acknowledged and is not stored/);
    });
  });

  it("shows promises while everything was lost and nobody had accepted that", () => {
    const lost = steps([{ ...FIRST, ownerEpoch: 5 }, "s.1:0"]);
    const accepted = { forgivenUntilMs: 50, acceptedAtMs: 250 };
    finds({ ...accepted, lost }, /^I2 .* s\.1:2 was acknowledged while everything was lost/);
    assert.deepEqual(checkHistory({ ...SOUND, ...accepted, lost, acceptedAtMs: 150 }), []);
    assert.deepEqual(checkHistory({ ...SOUND, ...accepted }), [], "what had nothing to lose goes on");
  });

  it("shows messages that overtook each other", () => {
    const stored = steps([FIRST, "s.1:2"], [FIRST, "s.1:1"], [SECOND, "s.1:3"]);
    finds({ stored }, /^I3 .* s\.1:1 is stored after s\.1:2/);
  });

  it("lets reminders come in any order", () => {
    const stored = steps([FIRST, "s.1:1", "bell:2", "bell:1"], [FIRST, "s.1:2"], [SECOND, "s.1:3"]);
    assert.deepEqual(checkHistory({ ...SOUND, stored }), []);
  });

  describe("shows messages without a trace", () => {
    const more = { said: [...SOUND.said, said("tell", 7), said("tell", 8)] };

    it("unless each of them is counted", () => {
      finds({ ...more, counted: 1 }, /^I4 2 messages have vanished, such as 1-0 s\.1:7, and only 1 are/);
      assert.deepEqual(checkHistory({ ...SOUND, ...more, counted: 2 }), []);
    });

    it("unless they may have been in a process that was killed", () => {
      assert.deepEqual(checkHistory({ ...SOUND, ...more, killedAtMs: [101] }), []);
      finds({ ...more, killedAtMs: [99] }, /^I4 2 messages/);
    });
  });

  it("shows questions that never end, unless nobody is there to hear it", () => {
    const open = { said: [...SOUND.said, said("ask", 7)] };
    finds(open, /^I4 .* s\.1:7 \(ask\) has no end/);
    assert.deepEqual(checkHistory({ ...SOUND, ...open, gone: new Set(["s"]) }), []);
  });

  it("shows nodes that do not reach everything again", () => {
    finds({ recoveries: [{ node: "n1", silent: [TALLY], ms: 20_000 }] }, /^I5 n1 does not reach 1 entities/);
    finds({ recoveries: [] }, /^I5 no node was left/);
  });

  it("shows processes that ended unasked", () => {
    finds({ mishaps: ["node n1 ended unasked: 1"] }, /ended unasked/);
  });
});

function finds(change: Partial<History>, problem: RegExp): void {
  const problems = checkHistory({ ...SOUND, ...change });
  assert.ok(
    problems.some((one) => problem.test(one)),
    problems.join("\n"),
  );
}

function said(how: SaidMessage["how"], seq: number, atMs = 100): SaidMessage {
  return { how, tally: TALLY, from: "s.1", seq, atMs };
}

function ended(from: string, seq: number): EndedMessage {
  return { tally: TALLY, from, seq, end: "ok", atMs: 200 };
}

function steps(
  ...records: readonly (readonly [typeof FIRST, ...string[]])[]
): ReadonlyMap<string, readonly StoredStep[]> {
  return new Map([[TALLY, records.map(([by, ...notes], index) => ({ version: index + 1, ...by, notes }))]]);
}
