import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DURABILITIES, suffices, weakest } from "../../../../runtime/persistence/durability.ts";

describe("a durability", () => {
  it("suffices for itself and for all that are weaker", () => {
    const enough = DURABILITIES.map((promised) => DURABILITIES.filter((asked) => suffices(promised, asked)));
    assert.deepEqual(
      enough,
      DURABILITIES.map((_, at) => DURABILITIES.slice(0, at + 1)),
    );
  });

  it("of several servers is that of the weakest", () => {
    assert.equal(weakest(["replicated", "periodic", "fsync"]), "periodic");
    assert.equal(weakest([]), "memory");
  });
});
