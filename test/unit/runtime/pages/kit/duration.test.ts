import assert from "node:assert/strict";
import { test } from "node:test";
import { duration } from "../../../../../runtime/pages/kit/duration.ts";

test("a duration is told in the largest unit that fits, in the language of the page", () => {
  const MINUTE_MS = 60_000;
  const told = [0, 999, 1_000, 59_999, MINUTE_MS, 90 * MINUTE_MS, 50 * 60 * MINUTE_MS];
  assert.deepEqual(
    told.map((ms) => duration(ms, "en")),
    ["0ms", "999ms", "1s", "59s", "1m", "1h", "2d"],
  );
  assert.equal(duration(3 * MINUTE_MS, "zh"), "3分钟");
});
