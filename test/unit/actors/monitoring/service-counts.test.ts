import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EVENT_IDS_MAX, EventIds } from "../../../../actors/monitoring/event-ids.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { countsOf, totalsOf } from "../../../support/counted-logs.ts";

const ID = "services/shop";
const DAY_MS = 86_400_000;

const worldAt = (atMs = 10 * DAY_MS): CountWorld => {
  const world = new CountWorld();
  world.virtual.clock.advance(atMs);
  return world;
};
const totals = async (world: CountWorld, metric: string) => {
  const counts = countsOf([]);
  counts.merge(await world.counts(ID, metric));
  return totalsOf(counts, metric);
};

describe("what services tell", () => {
  it("is counted once under its id, also after the process was killed", async () => {
    const world = worldAt();
    const order = { metric: "orders", dims: { channel: "app" }, eventId: "o-1" };
    assert.deepEqual(await world.count(ID, order), { kind: "taken" });
    assert.deepEqual(await world.count(ID, order), { kind: "repeated" });
    const next = world.reborn();
    next.virtual.clock.advance(10 * DAY_MS);
    assert.deepEqual(await next.count(ID, order), { kind: "repeated" });
    assert.deepEqual(await next.count(ID, { ...order, eventId: "o-2" }), { kind: "taken" });
    assert.deepEqual(await totals(next, "orders"), { app: 2 });
    const { read, counted, duplicate } = await next.account(ID);
    assert.deepEqual({ read, counted, duplicate }, { read: 4, counted: 2, duplicate: 2 });
  });

  it("adds up exactly where it has decimals", async () => {
    const world = worldAt();
    for (let index = 0; index < 10; index++) {
      await world.count(ID, { metric: "revenue", value: 0.1, eventId: `r-${index}` });
    }
    const counts = countsOf([]);
    counts.merge(await world.counts(ID, "revenue"));
    let sum = 0;
    counts.forEachBlock("revenue", (_number, block) => {
      for (const { sums = [] } of block.series.values()) for (const cell of sums) sum += cell;
    });
    assert.equal(sum, 100);
  });

  it("is refused by name where it means nothing here", async () => {
    const world = worldAt();
    const code = async (told: Parameters<CountWorld["count"]>[1], id = ID) => {
      const reply = await world.count(id, told);
      return reply.kind === "refused" ? reply.code : reply.kind;
    };
    assert.equal(await code({ metric: "nothing", eventId: "1" }), "unknownMetric");
    assert.equal(await code({ metric: "orders", dims: { colour: "red" }, eventId: "1" }), "unknownDimension");
    assert.equal(await code({ metric: "revenue", eventId: "1" }), "valueMissing");
    assert.equal(await code({ metric: "revenue", value: "1", eventId: "1" }), "valueMissing");
    assert.equal(await code({ metric: "orders", eventId: "1" }, "gateway/one"), "notForServices");
    assert.equal((await world.account(ID)).read, 0);
  });

  it("is accounted for when it is too late, or of a clock that is wrong", async () => {
    const world = worldAt();
    const late = await world.count(ID, { metric: "orders", eventId: "1", atMs: 8 * DAY_MS });
    assert.ok(late.kind === "refused" && late.code === "tooLate");
    const ahead = await world.count(ID, { metric: "orders", eventId: "2", atMs: 11 * DAY_MS });
    assert.ok(ahead.kind === "refused" && ahead.code === "inFuture");
    const { read, counted, tooLate, quarantined } = await world.account(ID);
    assert.deepEqual(
      { read, counted, tooLate, quarantined },
      { read: 2, counted: 0, tooLate: 1, quarantined: 1 },
    );
  });

  it("is complete without a reader: time passes for it by itself", async () => {
    const world = worldAt();
    await world.count(ID, { metric: "orders", eventId: "1" });
    await world.virtual.advance(600_000);
    const { state, watermarkMs } = await world.account(ID);
    assert.deepEqual([state, watermarkMs], ["caughtUp", world.virtual.clock.wallMs() - 15_000]);
  });
});

describe("the ids of what services told", () => {
  it("are forgotten by whole blocks, and what belongs to those is too late from then on", () => {
    const ids = new EventIds();
    ids.add("old", 0);
    assert.ok(ids.has("old") && ids.covers(0));
    ids.add("new", 2 * DAY_MS);
    assert.ok(!ids.has("old") && !ids.covers(0) && ids.has("new"));
  });

  it("are no more than their maximum", () => {
    const ids = new EventIds();
    for (let index = 0; index <= EVENT_IDS_MAX; index++) ids.add(`e${index}`, DAY_MS + (index % 2) * 180_000);
    assert.ok(!ids.covers(DAY_MS) && ids.covers(DAY_MS + 180_000) && !ids.has("e0") && ids.has("e1"));
    assert.deepEqual(EventIds.load(ids.dump()).dump(), ids.dump());
  });

  it("takes as much room in a snapshot as fits into it, however long the ids are", () => {
    const ids = new EventIds();
    for (let at = 0; at < EVENT_IDS_MAX; at++) ids.add(`${"long".repeat(25)}-${at}`, 180_000 * (at % 400));
    assert.ok(JSON.stringify(ids.dump()).length < 4_000_000);
    assert.equal(ids.has(`${"long".repeat(25)}-${EVENT_IDS_MAX - 1}`), true);
    assert.equal(ids.has(`${"long".repeat(25)}-x`), false);
  });
});
