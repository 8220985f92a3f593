import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { beginHold, decideRemoval } from "../../../../runtime/membership/expiry-brake.ts";
import type { Hold, LeaseFacts } from "../../../../runtime/membership/expiry-brake.ts";
import { SAFE_LEASE } from "../../../../runtime/membership/lease.ts";

const NOW_MS = 1_000_000;
const { ttlMs, removeAfterMs } = SAFE_LEASE;

/** Members whose leases lapsed so long ago, in milliseconds; below 0: they still hold them. */
function leases(...lapsedAgoMs: number[]): Map<string, number> {
  return new Map(lapsedAgoMs.map((agoMs, index) => [`member-${index}`, NOW_MS - agoMs]));
}

function decide(facts: Partial<LeaseFacts>) {
  return decideRemoval(
    { nowMs: NOW_MS, expiryMs: new Map(), removedExpiryMs: [], hold: undefined, ...facts },
    SAFE_LEASE,
  );
}

describe("the brake on removals", () => {
  it("lets one member go a second after its lease lapsed", () => {
    assert.deepEqual(decide({ expiryMs: leases(999, -1) }).incarnations, []);
    assert.deepEqual(decide({ expiryMs: leases(1_000, -1) }).incarnations, ["member-0"]);
  });

  it("lets two go together, even if there are no more", () => {
    assert.deepEqual(decide({ expiryMs: leases(1_500, 1_500) }).incarnations, ["member-0", "member-1"]);
  });

  it("lets three of nine go together, which is not more than a third", () => {
    const living = Array<number>(6).fill(-1_000);
    assert.equal(decide({ expiryMs: leases(1_100, 1_200, 1_300, ...living) }).incarnations.length, 3);
  });

  it("holds when three of eight lapse together, for the time of one lease", () => {
    const { incarnations, hold } = decide({ expiryMs: leases(1_100, 1_200, 500, -1, -1, -1, -1, -1) });
    assert.deepEqual(incarnations, []);
    assert.deepEqual(hold, { fromMs: NOW_MS, untilMs: NOW_MS + ttlMs, servedMs: 0 });
  });

  it("lets three of eight go that lapsed one after another", () => {
    const { incarnations } = decide({ expiryMs: leases(6_000, 3_900, 1_800, -1, -1, -1, -1, -1) });
    assert.equal(incarnations.length, 3);
  });

  it("sees a mass that drips in, by those who were removed a moment ago", () => {
    const expiryMs = leases(1_000, 800, -1, -1, -1);
    assert.equal(decide({ expiryMs }).incarnations.length, 1);
    assert.deepEqual(decide({ expiryMs, removedExpiryMs: [NOW_MS - 2_500] }).incarnations, []);
  });

  it("removes after the hold who has waited for its end, however many", () => {
    const hold: Hold = { fromMs: NOW_MS - ttlMs, untilMs: NOW_MS, servedMs: 0 };
    const expiryMs = leases(ttlMs + 10, ttlMs + 20, ttlMs + 30, -1);
    assert.equal(decide({ expiryMs, hold: { ...hold, untilMs: NOW_MS + 1 } }).incarnations.length, 0);
    assert.equal(decide({ expiryMs, hold }).incarnations.length, 3);
  });

  it("does not hold one that lapsed later for a mass that has been waited for", () => {
    const hold: Hold = { fromMs: NOW_MS - ttlMs, untilMs: NOW_MS, servedMs: 0 };
    const decided = decide({ expiryMs: leases(ttlMs + 10, ttlMs + 20, ttlMs + 30, 2_000), hold });
    assert.equal(decided.incarnations.length, 4);
    assert.equal(decided.hold, hold);
  });

  it("holds a second mass that lapsed during the first hold", () => {
    const hold: Hold = { fromMs: NOW_MS - ttlMs, untilMs: NOW_MS, servedMs: 0 };
    const decided = decide({ expiryMs: leases(2_000, 2_000, 2_000, ttlMs + 5, -1), hold });
    assert.deepEqual(decided.incarnations, ["member-3"], "only who has waited already");
    assert.equal(decided.hold?.untilMs, NOW_MS + ttlMs);
  });

  it("does not begin a hold anew while one is on, nor forget whom the one before has served", () => {
    const first = beginHold(undefined, 100, 50);
    assert.equal(beginHold(first, 149, 50), first);
    assert.deepEqual(beginHold(first, 150, 50), { fromMs: 150, untilMs: 200, servedMs: 100 });
  });

  it("keeps nobody for longer than two leases, whatever else lapses and however often somebody comes back", () => {
    const step = fc.record({ lapses: fc.nat(4), comesBack: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 40 }), (steps) => {
        const expiryMs = new Map([["victim", 0]]);
        let removed: number[] = [];
        let hold: Hold | undefined;
        for (const [second, { lapses, comesBack }] of steps.entries()) {
          const nowMs = second * 1_000 + 1;
          for (let index = 0; index < lapses; index++) expiryMs.set(`${second}/${index}`, nowMs - 1);
          if (comesBack) hold = beginHold(hold, nowMs, ttlMs);
          const removedExpiryMs = removed.filter((atMs) => atMs >= nowMs - 3_000);
          const decided = decideRemoval({ nowMs, expiryMs, removedExpiryMs, hold }, SAFE_LEASE);
          hold = decided.hold;
          for (const incarnation of decided.incarnations) {
            removed = [...removed, expiryMs.get(incarnation) ?? 0];
            expiryMs.delete(incarnation);
          }
          if (nowMs > removeAfterMs + 2 * ttlMs + 2_000) assert.ok(!expiryMs.has("victim"), `at ${nowMs}`);
        }
      }),
    );
  });
});
