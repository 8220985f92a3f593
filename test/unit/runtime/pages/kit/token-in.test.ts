import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { tokenIn } from "../../../../../runtime/pages/kit/token-in.ts";
import { treeLink } from "../../../../../deploy/tree-link.ts";

test("the page finds the token of the link that the command line prints, whatever its letters", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (token) => {
      assert.equal(tokenIn(new URL(treeLink("http://127.0.0.1:9510", token)).hash), token);
    }),
  );
});

test("a link without a token brings none", () => {
  assert.equal(tokenIn(new URL(treeLink("http://127.0.0.1:9510")).hash), undefined);
  assert.equal(tokenIn("#main"), undefined);
  assert.equal(tokenIn("#token="), undefined);
});
