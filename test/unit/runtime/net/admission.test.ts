import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Admission } from "../../../../runtime/net/admission.ts";
import type { AdmissionRefusal } from "../../../../runtime/net/admission.ts";

const LIMITS = { connections: 6, connectionsPerAddress: 3 };

/** What the next one hears when so many are inside, and so many of its address. */
function refusalAt(all: number, here: number): AdmissionRefusal | undefined {
  if (all >= LIMITS.connections) return "tooManyConnections";
  return here >= LIMITS.connectionsPerAddress ? "tooManyFromAddress" : undefined;
}

/** How many of these addresses find room, which counts as tried and let go again. */
function roomFor(admission: Admission, addresses: readonly string[]): number {
  const entered = addresses.filter((address) => admission.enter(address) === undefined);
  for (const address of entered) admission.leave(address);
  return entered.length;
}

describe("admission", () => {
  it("is by the number of those inside, all in all and of each address, whoever comes and goes", () => {
    const address = fc.constantFrom("a", "b", "c");
    const step = fc.record({ address, leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const admission = new Admission(LIMITS);
        const inside: string[] = [];
        for (const next of steps) {
          const here = inside.filter((other) => other === next.address).length;
          if (next.leaves) {
            admission.leave(next.address);
            if (here > 0) inside.splice(inside.indexOf(next.address), 1);
          } else {
            const expected = refusalAt(inside.length, here);
            assert.equal(admission.enter(next.address), expected);
            if (expected === undefined) inside.push(next.address);
          }
          assert.equal(admission.count, inside.length);
        }
        for (const present of inside) admission.leave(present);
        assert.equal(admission.count, 0);
        assert.equal(roomFor(admission, ["a", "a", "a", "a", "b", "b", "b", "b"]), 6);
      }),
    );
  });

  it("counts nobody twice who was turned away", () => {
    const admission = new Admission({ connections: 1, connectionsPerAddress: 1 });
    admission.enter("a");
    for (let index = 0; index < 5; index++) assert.equal(admission.enter("b"), "tooManyConnections");
    admission.leave("a");
    assert.equal(admission.enter("b"), undefined);
    assert.equal(admission.count, 1);
  });

  it("is not widened by those who leave without having come", () => {
    const admission = new Admission({ connections: 1, connectionsPerAddress: 1 });
    admission.leave("a");
    admission.leave("a");
    assert.equal(admission.count, 0);
    assert.deepEqual([admission.enter("a"), admission.enter("a")], [undefined, "tooManyConnections"]);
  });

  it("counts in whom another process had let in, beyond every limit, and others only within it", () => {
    const admission = new Admission({ connections: 1, connectionsPerAddress: 1 });
    admission.admit("a");
    admission.admit("a");
    assert.equal(admission.count, 2);
    assert.equal(admission.enter("b"), "tooManyConnections");
    admission.leave("a");
    admission.leave("a");
    assert.deepEqual([admission.count, admission.enter("a")], [0, undefined]);
  });
});
