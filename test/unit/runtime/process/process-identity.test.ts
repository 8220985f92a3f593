import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isRunning, ownIdentity } from "../../../../runtime/process/process-identity.ts";

/** Above the largest number that Linux gives. */
const NO_PID = 2 ** 22 + 7;

describe("a process", () => {
  it("is told apart from a later one with the same number", () => {
    const own = ownIdentity();
    assert.ok(isRunning(own));
    assert.ok(!isRunning({ ...own, began: "another boot:1" }));
    assert.ok(!isRunning({ ...own, pid: NO_PID }));
  });
});
