import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault, passOverFault } from "../../../runtime/fault.ts";

describe("what is tried again anyway", () => {
  it("passes over what the runtime could not do", () => {
    passOverFault(new Fault("redisUnavailable"));
  });

  it("does not hide a mistake in the code", () => {
    const mistake = new TypeError("undefined is not a function");
    assert.throws(() => passOverFault(mistake), mistake);
  });
});
