import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FLAP_STARTS, FLAP_WINDOW_MS, FlapMemory } from "../../../../runtime/alarms/flap-memory.ts";

describe("the memory of what comes and goes", () => {
  it("calls it flapping from the third beginning within ten minutes on", () => {
    const memory = new FlapMemory();
    assert.deepEqual(
      [0, 1_000, 2_000, 3_000].map((atMs) => memory.begin("link", atMs)),
      [false, false, true, true],
    );
    assert.equal(memory.begin("disk", 3_000), false);
  });

  it("forgives what has not begun for a while", () => {
    const memory = new FlapMemory();
    for (const atMs of [0, 1_000, 2_000]) memory.begin("link", atMs);
    assert.equal(memory.begin("link", 2_000 + FLAP_WINDOW_MS), false);
  });

  it("answers exactly as counting all beginnings in the window would", () => {
    const gaps = fc.array(fc.nat(FLAP_WINDOW_MS), { maxLength: 20 });
    fc.assert(
      fc.property(gaps, (given) => {
        const memory = new FlapMemory();
        const starts: number[] = [];
        for (const gapMs of given) {
          starts.push((starts.at(-1) ?? 0) + gapMs);
          const nowMs = starts.at(-1) ?? 0;
          const counted = starts.filter((atMs) => nowMs - atMs < FLAP_WINDOW_MS).length;
          assert.equal(memory.begin("link", nowMs), counted >= FLAP_STARTS);
        }
      }),
    );
  });
});
