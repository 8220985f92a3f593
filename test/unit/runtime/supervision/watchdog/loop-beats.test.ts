import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LoopBeats } from "../../../../../runtime/supervision/watchdog/loop-beats.ts";

describe("the beats of a loop", () => {
  it("are seen by whoever has the memory", () => {
    const beats = new LoopBeats();
    const seen = new LoopBeats({ memory: beats.memory });
    beats.beat();
    beats.beat();
    assert.equal(seen.count, 2);
  });

  it("excuse a silence that was expected, from its beginning to its end", () => {
    const told: unknown[] = [];
    const beats = new LoopBeats({ onExpected: (reason, maxMs) => told.push({ reason, maxMs }) });
    const seen = new LoopBeats({ memory: beats.memory });
    const end = beats.expect("a snapshot", 5_000);
    assert.equal(seen.excusedMs, 5_000);
    const { count } = seen;
    end();
    assert.equal(seen.excusedMs, 0);
    assert.ok(seen.count > count, "the silence so far is nobody's fault");
    assert.deepEqual(told, [{ reason: "a snapshot", maxMs: 5_000 }]);
  });

  it("excuse the longest of several silences, and never more than ten minutes", () => {
    const beats = new LoopBeats();
    const ends = [1_000, 3_000, 99_999_999].map((maxMs) => beats.expect("work", maxMs));
    assert.equal(beats.excusedMs, 600_000);
    ends[2]?.();
    ends[2]?.();
    assert.equal(beats.excusedMs, 3_000);
    ends[1]?.();
    assert.equal(beats.excusedMs, 1_000);
    ends[0]?.();
    assert.equal(beats.excusedMs, 0);
  });
});
