import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allows, allowsSome } from "../../../../runtime/identity/scopes.ts";

describe("scopes", () => {
  it("allow all targets, some targets, or one", () => {
    assert.ok(allows(["push"], "push", "live/final"));
    assert.ok(allows(["read", "push:live/*"], "push", "live/final"));
    assert.ok(allows(["push:live/final"], "push", "live/final"));
    assert.ok(allows(["push:*"], "push", "chat/lobby"));
  });

  it("allow nothing that they do not say", () => {
    assert.ok(!allows([], "push", "live/final"));
    assert.ok(!allows(["push:live/*"], "push", "chat/lobby"));
    assert.ok(!allows(["push:live/fin"], "push", "live/final"));
    assert.ok(!allows(["pushes", "pus", "push "], "push", "live/final"));
    assert.ok(!allows(["push:live/*"], "pus", "live/final"));
  });

  it("tell whether there is anything at all to be allowed", () => {
    assert.ok(allowsSome(["push"], "push") && allowsSome(["push:live/*"], "push"));
    assert.ok(!allowsSome(["pushes", "read"], "push"));
  });
});
