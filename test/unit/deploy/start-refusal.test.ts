import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExitReason } from "../../../deploy/refusal.ts";
import { startRefusal } from "../../../deploy/start-refusal.ts";
import { Fault } from "../../../runtime/fault.ts";
import type { FaultCode } from "../../../runtime/fault.ts";

describe("a node that cannot start says why, and what to do", () => {
  const CASES: readonly (readonly [FaultCode, ExitReason, RegExp])[] = [
    ["journalFull", "unavailable", /make room on its disk, or raise journal\.maxBytes/],
    ["journalCorrupt", "settings", /banyan journal verify says what is damaged/],
    ["journalUnusable", "settings", /a data directory of its own on a local disk, with --data-dir/],
    ["journalUnavailable", "unavailable", /see to its disk/],
  ];
  for (const [code, reason, advice] of CASES) {
    it(code, () => {
      const refusal = startRefusal(new Fault(code, { path: "/data/journal", why: "planted" }));
      assert.equal(refusal?.reason, reason);
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
