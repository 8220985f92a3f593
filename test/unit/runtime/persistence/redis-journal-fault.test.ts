import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import { journalFault } from "../../../../runtime/persistence/redis-journal-fault.ts";

function of(error: unknown): { code: string; outcome: unknown } {
  const fault = journalFault(error, { entity: "entity:room/1" });
  assert.ok(fault instanceof Fault);
  return { code: fault.code, outcome: fault.details["outcome"] };
}

describe("a failure of Redis, as a failure of the journal", () => {
  it("says that the outcome is unknown when there was no answer, and only then", () => {
    assert.deepEqual(of(new Fault("redisUnanswered")), { code: "journalUnavailable", outcome: "unknown" });
    const nothing = "nothing was stored";
    assert.deepEqual(of(new Fault("redisUnavailable")), { code: "journalUnavailable", outcome: nothing });
    assert.deepEqual(of(refused("READONLY You can't")), { code: "journalUnavailable", outcome: nothing });
    assert.deepEqual(of(refused("OOM command not allowed")), { code: "journalFull", outcome: nothing });
    assert.deepEqual(of(refused("MISCONF Errors writing")), { code: "journalFull", outcome: nothing });
    assert.deepEqual(of(refused("WRONGTYPE Operation")), { code: "journalCorrupt", outcome: nothing });
    const withoutVersion = "DAMAGED a log without a version";
    assert.deepEqual(of(refused(withoutVersion)), { code: "journalCorrupt", outcome: nothing });
  });

  it("leaves alone what is no failure of Redis", () => {
    const bug = new TypeError("a bug");
    assert.equal(journalFault(bug, {}), bug);
  });
});

function refused(text: string): Fault {
  return new Fault("redisRefused", { reply: text.split(" ")[0], text });
}
