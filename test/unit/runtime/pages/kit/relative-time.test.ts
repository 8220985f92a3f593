import assert from "node:assert/strict";
import { test } from "node:test";
import { relativeTime } from "../../../../../runtime/pages/kit/relative-time.ts";

const MINUTE_MS = 60_000;

test("how long ago something was is said in the largest whole unit", () => {
  const said = [0, 59_999, MINUTE_MS, 59 * MINUTE_MS, 60 * MINUTE_MS, 25 * 60 * MINUTE_MS].map((agoMs) =>
    relativeTime(0, agoMs, "en"),
  );
  assert.deepEqual(said, ["now", "now", "1 min. ago", "59 min. ago", "1 hr. ago", "yesterday"]);
  assert.equal(relativeTime(0, 5 * MINUTE_MS, "zh"), "5分钟前");
});

test("what a clock that runs ahead calls the future is now", () => {
  assert.equal(relativeTime(5_000, 0, "en"), "now");
});
