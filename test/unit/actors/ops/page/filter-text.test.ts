import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { filterOf } from "../../../../../actors/ops/page/filter-text.ts";
import { parseTreeFilter } from "../../../../../actors/ops/tree-filter.ts";

test("conditions are asked for as they are, and words are looked for", () => {
  assert.equal(filterOf(" restarts>0 "), "restarts>0");
  assert.equal(filterOf("chat/lobby"), "any~chat/lobby");
  assert.equal(filterOf("  "), undefined);
});

test("any one word makes a filter that the operators' port takes", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z0-9/._-]+$/), (word) => parseTreeFilter(filterOf(word) ?? "").ok),
  );
});
