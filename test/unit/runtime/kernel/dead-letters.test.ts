import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DeadLetters } from "../../../../runtime/kernel/dead-letters.ts";
import { VirtualClock } from "../../../../runtime/time/virtual-clock.ts";

describe("dead letters", () => {
  it("are counted by reason, and the latest can be looked at, newest first", () => {
    const clock = new VirtualClock(1_000);
    const letters = new DeadLetters(clock);
    letters.add("actorGone", "/a#1", "note");
    clock.advance(5);
    letters.add("unhandledKind", "/b#2", "joke");
    letters.add("actorGone", "/a#1", "work");
    assert.deepEqual(letters.recent(2), [
      { atMs: 1_005, to: "/a#1", kind: "work", reason: "actorGone" },
      { atMs: 1_005, to: "/b#2", kind: "joke", reason: "unhandledKind" },
    ]);
    assert.deepEqual(
      [...letters.counts],
      [
        ["actorGone", 2],
        ["unhandledKind", 1],
      ],
    );
  });

  it("are bounded: the oldest are only counted", () => {
    const letters = new DeadLetters(new VirtualClock());
    for (let index = 0; index < 2_500; index++) letters.add("actorGone", "/a#1", String(index));
    const kept = letters.recent(5_000);
    assert.equal(kept.length, 1_000);
    assert.deepEqual([kept[0]?.kind, kept.at(-1)?.kind], ["2499", "1500"]);
    assert.equal(letters.counts.get("actorGone"), 2_500);
  });
});
