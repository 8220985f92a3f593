import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault, passOverFault, withoutStacks } from "../../../runtime/fault.ts";

describe("what is tried again anyway", () => {
  it("passes over what the runtime could not do", () => {
    passOverFault(new Fault("redisUnavailable"));
  });

  it("does not hide a mistake in the code", () => {
    const mistake = new TypeError("undefined is not a function");
    assert.throws(() => passOverFault(mistake), mistake);
  });
});

describe("very many faults of one cause", () => {
  const framesOf = (fault: Fault): number => (fault.stack ?? "").split("\n    at ").length - 1;

  it("say what they are, and not where they were made", () => {
    const faults: Fault[] = [];
    withoutStacks(() => faults.push(new Fault("nodeLost", { node: "elm" })));
    assert.deepEqual(
      faults.map((fault) => [fault.code, framesOf(fault)]),
      [["nodeLost", 0]],
    );
    assert.ok(faults[0]?.stack?.includes("elm"));
  });

  it("leave all others as they are, also when making them fails", () => {
    const mistake = new TypeError("undefined is not a function");
    const failing = (): never => {
      throw mistake;
    };
    assert.throws(() => withoutStacks(failing), mistake);
    assert.ok(framesOf(new Fault("nodeLost")) > 0);
  });
});
