import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FAST_LEASE, Lease, leaseProblem, SAFE_LEASE } from "../../../../runtime/membership/lease.ts";

const times = fc.constantFrom(SAFE_LEASE, FAST_LEASE);

describe("the lease of a member", () => {
  it("is not held before a renewal was acknowledged", () => {
    assert.equal(new Lease(SAFE_LEASE).isHeldAt(0), false);
  });

  it("counts from when the renewal was sent, not from when its answer came", () => {
    const lease = new Lease(SAFE_LEASE);
    lease.acknowledge(1_000);
    assert.equal(lease.fenceAtMs, 5_000);
    assert.equal(lease.isHeldAt(4_999), true);
    assert.equal(lease.isHeldAt(5_000), false);
  });

  it("is not shortened by an answer that was overtaken", () => {
    const lease = new Lease(SAFE_LEASE);
    lease.acknowledge(2_000);
    lease.acknowledge(1_000);
    assert.equal(lease.fenceAtMs, 6_000);
  });

  it("ends before anybody removes the member, however slow the way and with clocks that differ by a tenth", () => {
    const renewal = fc.record({ afterMs: fc.nat(3_000), wayMs: fc.nat(20_000) });
    fc.assert(
      fc.property(
        times,
        fc.array(renewal, { minLength: 1 }),
        fc.double({ min: 0.95, max: 1.05 }),
        (lease, renewals, rate) => {
          // Real time; the member's clock runs at `rate`.
          const held = new Lease(lease);
          let sentMs = 0;
          let expiryMs = 0;
          for (const { afterMs, wayMs } of renewals) {
            sentMs += afterMs;
            held.acknowledge(sentMs * rate);
            expiryMs = Math.max(expiryMs, sentMs + wayMs + lease.ttlMs);
          }
          assert.equal(held.isHeldAt((expiryMs + lease.removeAfterMs) * rate), false);
          assert.equal(held.isHeldAt(expiryMs * rate), false, "nor when it lapses");
        },
      ),
    );
  });
});

describe("the times of a lease", () => {
  it("are sound in both profiles", () => {
    assert.equal(leaseProblem(SAFE_LEASE), undefined);
    assert.equal(leaseProblem(FAST_LEASE), undefined);
  });

  it("are refused when a member would stop after its lease", () => {
    assert.match(
      leaseProblem({ ...SAFE_LEASE, fenceAfterMs: 6_000 }) ?? "",
      /needs a lease of at least 6600 ms/,
    );
  });

  it("are refused when two lost packets would stop a member", () => {
    assert.match(leaseProblem({ ...SAFE_LEASE, fenceAfterMs: 2_500 }) ?? "", /before 3000 ms/);
  });

  it("are refused when one is no time", () => {
    for (const bad of [0, -1, 1.5, Number.NaN]) {
      assert.match(leaseProblem({ ...SAFE_LEASE, removeAfterMs: bad }) ?? "", /whole number/);
    }
  });
});
