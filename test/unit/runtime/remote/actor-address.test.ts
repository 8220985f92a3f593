import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { actorText, parseActorText } from "../../../../runtime/remote/actor-address.ts";

describe("the address of an actor of some node", () => {
  it("reads as it was written, whatever the node is called", () => {
    const incarnation = fc.string({ unit: "grapheme" });
    const path = fc.string().map((text) => `/${text}`);
    fc.assert(
      fc.property(incarnation, path, (node, place) => {
        const address = { incarnation: node, path: place };
        assert.deepEqual(parseActorText(actorText(address)), address);
      }),
    );
  });

  it("is nothing else", () => {
    for (const text of ["", "actor:", "actor:a", "actor:a:b", "actor:%:/a", "entity:a/b", "/a#1"]) {
      assert.equal(parseActorText(text), undefined, text);
    }
  });
});
