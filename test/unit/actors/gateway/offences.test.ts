import fc from "fast-check";
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  afterMalformed,
  afterTooFast,
  isMalformedTooOften,
  isTooFastForLong,
  NO_OFFENCES,
} from "../../../../actors/gateway/offences.ts";

const FORGIVEN_AFTER_MS = 10_000;

test("the tenth malformed frame in a row is one too many, and no earlier one", () => {
  let offences = NO_OFFENCES;
  for (let count = 1; count <= 10; count++) {
    offences = afterMalformed(offences);
    assert.equal(isMalformedTooOften(offences), count === 10);
  }
});

test("a client goes on too fast exactly when it exceeds its burst a second time without ten quiet seconds in between", () => {
  const pauses = fc.array(fc.nat({ max: 2 * FORGIVEN_AFTER_MS }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(pauses, fc.integer({ min: 1, max: 20 }), (pausesMs, burst) => {
      let offences = NO_OFFENCES;
      let nowMs = 1_000_000;
      for (const pauseMs of pausesMs) {
        nowMs += pauseMs;
        offences = afterTooFast(offences, nowMs);
      }
      const lastQuiet = pausesMs.findLastIndex((pauseMs) => pauseMs > FORGIVEN_AFTER_MS);
      const sinceThen = pausesMs.length - Math.max(0, lastQuiet);
      assert.equal(isTooFastForLong(offences, burst), sinceThen > burst);
    }),
  );
});

test("what was malformed and what was too fast are counted apart", () => {
  const both = afterTooFast(afterMalformed(NO_OFFENCES), 5);
  assert.deepEqual(both, { malformed: 1, tooFast: 1, lastTooFastMs: 5 });
});
