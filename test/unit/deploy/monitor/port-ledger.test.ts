import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { PortLedger } from "../../../../deploy/monitor/port-ledger.ts";

describe("the ledger of ports", () => {
  it("calls a port down after two looks in a row, once, and up at the first answer", () => {
    const ledger = new PortLedger(2);
    const looks = [true, false, true, false, false, false, true, true];
    assert.deepEqual(
      looks.map((isUp) => ledger.note("web", isUp)),
      [undefined, undefined, undefined, undefined, "down", undefined, "up", undefined],
    );
  });

  it("keeps the ports apart", () => {
    const ledger = new PortLedger(2);
    ledger.note("web", false);
    assert.equal(ledger.note("line", false), undefined);
    assert.equal(ledger.note("web", false), "down");
  });

  it("says down and up in turns, whatever the looks find", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.integer({ min: 1, max: 5 }), (looks, failures) => {
        const ledger = new PortLedger(failures);
        const changes = looks
          .map((isUp) => ledger.note("web", isUp))
          .filter((change) => change !== undefined);
        changes.forEach((change, index) => assert.equal(change, index % 2 === 0 ? "down" : "up"));
      }),
    );
  });
});
