import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startRefusal } from "../../../deploy/start-refusal.ts";
import { Fault } from "../../../runtime/fault.ts";
import type { FaultCode } from "../../../runtime/fault.ts";

describe("a node that cannot start says why, and what to do", () => {
  const CASES: readonly (readonly [FaultCode, RegExp])[] = [
    ["journalFull", /make room on its disk, or raise journal\.maxBytes/],
    ["journalCorrupt", /banyan journal verify says what is damaged/],
    ["journalUnusable", /a data directory of its own on a local disk, with --data-dir/],
    ["journalUnavailable", /see to its disk/],
  ];
  for (const [code, advice] of CASES) {
    it(code, () => {
      const refusal = startRefusal(new Fault(code, { path: "/data/journal", why: "planted" }));
      assert.equal(refusal?.reason, "settings");
      assert.match(refusal.message, /^the journal \/data\/journal cannot be opened: planted; /);
      assert.match(refusal.message, advice);
    });
  }

  it("durabilityMissing", () => {
    const details = { type: "live-room", durability: "replicated", strongest: "fsync" };
    const refusal = startRefusal(new Fault("durabilityMissing", details));
    assert.equal(refusal?.reason, "settings");
    assert.match(
      refusal.message,
      /^rooms\.durability is replicated, and the journal promises no more than fsync; /,
    );
  });

  it("but not when it is a mistake in the code", () => {
    assert.equal(startRefusal(new Fault("noReply")), undefined);
    assert.equal(startRefusal(new TypeError("planted")), undefined);
  });
});
