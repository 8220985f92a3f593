import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clockJumpMs } from "../../../../runtime/membership/clock-jump.ts";

describe("a jump of the clock", () => {
  it("is what the wall clock has run ahead of the monotonic one, as after a suspended machine", () => {
    assert.equal(clockJumpMs({ nowMs: 5_000, wallMs: 100_000 }, { nowMs: 6_000, wallMs: 161_000 }), 60_000);
  });

  it("is none when the process was paused, because both clocks went on", () => {
    assert.equal(clockJumpMs({ nowMs: 0, wallMs: 100_000 }, { nowMs: 60_000, wallMs: 160_000 }), 0);
  });

  it("is none when the wall clock was set back: no lease looks longer by that", () => {
    assert.equal(clockJumpMs({ nowMs: 0, wallMs: 9_000_000 }, { nowMs: 1_000, wallMs: 5_401_000 }), 0);
  });

  it("is none when the clocks differ in rate by a twentieth, looked at every few seconds", () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.double({ min: 0.95, max: 1.05 }), (passedMs, rate) => {
        assert.equal(clockJumpMs({ nowMs: 0, wallMs: 0 }, { nowMs: passedMs, wallMs: passedMs * rate }), 0);
      }),
    );
  });
});
