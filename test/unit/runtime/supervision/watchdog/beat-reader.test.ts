import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BeatReader } from "../../../../../runtime/supervision/watchdog/beat-reader.ts";

const PERIOD_MS = 25;

describe("the reader of a loop's beats", () => {
  it("finds a ticking loop alive, however long it looks", () => {
    const reader = new BeatReader(PERIOD_MS);
    for (let look = 1; look < 1_000; look++) {
      assert.deepEqual(reader.look(look, look * PERIOD_MS), { kind: "alive" });
    }
  });

  it("says for how long a loop that stands still has been silent", () => {
    const reader = new BeatReader(PERIOD_MS);
    reader.look(7, 1_000);
    reader.look(7, 1_025);
    assert.deepEqual(reader.look(7, 1_050), { kind: "silent", forMs: 50 });
    assert.deepEqual(reader.look(8, 1_075), { kind: "alive" });
    assert.deepEqual(reader.look(8, 1_100), { kind: "silent", forMs: 25 });
  });

  it("blames no loop for a pause of the whole process, in which it did not look either", () => {
    const reader = new BeatReader(PERIOD_MS);
    reader.look(7, 1_000);
    assert.deepEqual(reader.look(7, 31_000), { kind: "alive" });
    assert.deepEqual(reader.look(7, 31_025), { kind: "silent", forMs: 25 });
  });
});
