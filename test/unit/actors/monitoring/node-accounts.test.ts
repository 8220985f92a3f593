import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addCountingMetrics } from "../../../../actors/monitoring/counting-metrics.ts";
import { Metrics } from "../../../../runtime/telemetry/metrics.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { tallyOf } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 9, 1);
const DAY_MS = 86_400_000;
const FATES = ["counted", "duplicate", "quarantined", "tooLate", "unparsable", "lost"] as const;

/** What a node says of a source, in the order of the fates. */
async function saidOf({ standings, accounts, virtual }: CountWorld, source: string): Promise<number[]> {
  const metrics = new Metrics();
  addCountingMetrics(metrics, { standings, accounts, nowMs: () => virtual.clock.nowMs() });
  const text = await metrics.text();
  return FATES.map((fate) => {
    const line = new RegExp(
      `^banyan_counting_records_total\\{source="${source}",fate="${fate}"\\} (\\d+)$`,
      "m",
    );
    return Number(line.exec(text)?.[1] ?? 0);
  });
}

describe("what became of records, as a number for collectors", () => {
  it("never falls at a node, wherever a partition moves, when it ends and when it is forgotten; together the nodes say what was counted", async () => {
    const one = new CountWorld();
    one.virtual.clock.advance(START);
    const logs = [
      { timeMs: START },
      { timeMs: START - 2 * DAY_MS },
      { timeMs: START + DAY_MS },
      { timeMs: NaN },
    ];
    const gap = { lost: 7, text: "expired" };
    await one.submit("shop/0", { to: "1", tally: tallyOf([], logs, START), gap });
    await one.submit("shop/1", { to: "1", tally: tallyOf([], [{ timeMs: START }], START) });
    assert.deepEqual(await saidOf(one, "shop"), [2, 0, 1, 1, 1, 7]);
    const other = one.reborn();
    other.virtual.clock.advance(START);
    await other.submit("shop/0", { from: "1", to: "2", tally: tallyOf([], [{ timeMs: START }], START) });
    await other.say("shop/0", { state: "gone" });
    await other.virtual.advance(1_000);
    // Nobody asks about it any more, nor knows of it.
    other.virtual.clock.advance(460 * DAY_MS);
    await other.submit("new/0", { to: "1", tally: tallyOf([], [], START) });
    await other.virtual.advance(1_000);
    assert.ok(!(await other.known()).includes("shop/0"));
    assert.deepEqual(await saidOf(other, "shop"), [1, 0, 0, 0, 0, 0]);
    assert.deepEqual(await saidOf(one, "shop"), [2, 0, 1, 1, 1, 7]);
  });

  it("has no batch that was counted before", async () => {
    const world = new CountWorld();
    const batch = { to: "1", tally: tallyOf([], [{ timeMs: START }], START) };
    await world.submit("shop/0", batch);
    await world.submit("shop/0", batch);
    assert.deepEqual(await saidOf(world, "shop"), [1, 0, 0, 0, 0, 0]);
  });

  it("has what services tell once more among the duplicates", async () => {
    const world = new CountWorld();
    world.virtual.clock.advance(START);
    const told = { metric: "orders", eventId: "1" };
    for (let times = 0; times < 3; times++) await world.count("services/shop", told);
    assert.deepEqual(await saidOf(world, "services"), [1, 2, 0, 0, 0, 0]);
  });
});

describe("partitions for which the book has no room", () => {
  it("are not told for ever by a node that does not count them any more", () => {
    const { standings } = new CountWorld();
    assert.equal(standings.noteListed("a/0", false, 0), true);
    assert.equal(standings.noteListed("a/0", false, 60_000), false);
    assert.equal(standings.unlisted(300_000), 1);
    assert.equal(standings.unlisted(400_000), 0);
  });
});
