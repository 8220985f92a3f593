import fc from "fast-check";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { countOutcome } from "../../../../actors/monitoring/count-event.ts";
import { EventIds, idsFromTexts } from "../../../../actors/monitoring/event-ids.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { countsOf, metric, totalsOf } from "../../../support/counted-logs.ts";

const ID = "services/shop";
const DAY_MS = 86_400_000;

const worldAt = (atMs = 10 * DAY_MS): CountWorld => {
  const world = new CountWorld();
  world.virtual.clock.advance(atMs);
  return world;
};
const totals = async (world: CountWorld, name: string) => {
  const counts = countsOf([]);
  counts.merge(await world.counts(ID, name));
  return totalsOf(counts, name);
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

  it("is taken or refused whatever it says, and never keeps what was told before from being read", async () => {
    const world = worldAt();
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("orders", "revenue", "channel", "constructor", "__proto__", "a\0b"),
    );
    const told = fc.record(
      {
        metric: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("orders", "revenue") }, text),
        dims: fc.dictionary(fc.oneof({ weight: 4, arbitrary: fc.constant("channel") }, text), text, {
          maxKeys: 3,
        }),
        value: fc.oneof(fc.double(), fc.integer(), fc.constantFrom(1e300, -1e21, 9e15, 4.5e13), text),
        atMs: fc.oneof(fc.double(), fc.constantFrom(10 * DAY_MS, 10 * DAY_MS - 1.5, -1, Number.MAX_VALUE)),
        eventId: fc.string({ minLength: 1, maxLength: 20 }),
      },
      { requiredKeys: ["metric", "eventId"] },
    );
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(told, async (one) => {
        const reply = await world.count(ID, one);
        seen.add(reply.kind);
      }),
      { numRuns: 150 },
    );
    assert.ok(seen.has("taken") && seen.has("refused"));
    const before = await totals(world, "orders");
    const next = world.reborn();
    next.virtual.clock.advance(10 * DAY_MS);
    assert.deepEqual(await totals(next, "orders"), before);
  });

  it("is refused when it cannot be counted exactly, instead of being read and counted nowhere", async () => {
    const world = worldAt();
    for (const value of [1e21, 2 ** 52, -1e300]) {
      const reply = await world.count(ID, { metric: "revenue", value, eventId: "1" });
      assert.ok(reply.kind === "refused" && reply.code === "valueMissing", String(value));
    }
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
  const BLOCK = 180_000;
  const MAX = 500;
  const fill = (ids: EventIds, count: number, name: string, atMs: number) => {
    for (let index = 0; index < count; index++) ids.add(`${name}-${index}`, atMs, atMs);
  };

  it("are forgotten by whole blocks, and what belongs to those is too late from then on", () => {
    const ids = new EventIds();
    ids.add("old", 0, 0);
    assert.ok(ids.has("old") && ids.covers(0));
    ids.add("new", 2 * DAY_MS, 2 * DAY_MS);
    assert.ok(!ids.has("old") && !ids.covers(0) && ids.has("new"));
  });

  it("have no room for more than their maximum of one block, and have it again in the next: nothing of the full one is forgotten until that is full, too", () => {
    const ids = new EventIds(MAX);
    fill(ids, MAX, "first", DAY_MS);
    assert.ok(!ids.hasRoom(DAY_MS, DAY_MS + 1) && ids.covers(DAY_MS));
    // Who was told to come again comes in the next block, with the time of the full one.
    assert.ok(ids.hasRoom(DAY_MS, DAY_MS + BLOCK) && ids.covers(DAY_MS));
    fill(ids, MAX, "second", DAY_MS + BLOCK);
    assert.ok(ids.has("first-0") && ids.covers(DAY_MS));
    assert.ok(!ids.hasRoom(DAY_MS + BLOCK, DAY_MS + BLOCK));
    ids.add("third", DAY_MS + 2 * BLOCK, DAY_MS + 2 * BLOCK);
    assert.ok(!ids.has("first-0") && !ids.covers(DAY_MS) && ids.has("second-0"));
    assert.deepEqual(EventIds.load(ids.dump()).dump(), ids.dump());
  });

  it("are never forgotten of the present block for those of clocks that are ahead", () => {
    const ids = new EventIds(MAX);
    fill(ids, MAX, "ahead", DAY_MS + BLOCK);
    fill(ids, MAX, "now", DAY_MS);
    assert.ok(!ids.hasRoom(DAY_MS + 2 * BLOCK, DAY_MS) && ids.covers(DAY_MS));
  });

  it("take as much room in a snapshot as fits into it, however long the ids are", () => {
    const ids = new EventIds();
    for (let at = 0; at < 10 * MAX; at++) {
      const atMs = BLOCK * (at % 400);
      ids.add(`${"long".repeat(25)}-${at}`, atMs, atMs);
    }
    const bytes = ids.dump().blocks.reduce((sum, [, digests]) => sum + digests.length, 0);
    assert.equal(bytes, 8 * 10 * MAX);
    assert.equal(ids.has(`${"long".repeat(25)}-${10 * MAX - 1}`), true);
    assert.equal(ids.has(`${"long".repeat(25)}-x`), false);
  });

  it("are known again from what an earlier version has stored", () => {
    const digest = createHash("sha256").update("o-1").digest("base64url").slice(0, 11);
    const ids = EventIds.load(idsFromTexts({ forgottenBefore: 3, blocks: [[7, [digest]]] }));
    assert.ok(ids.has("o-1") && !ids.has("o-2") && ids.forgottenBefore === 3);
  });
});

describe("a name under which more is told than can be remembered", () => {
  it("is busy until the next block, and loses nothing", async () => {
    const world = worldAt();
    const nowMs = world.virtual.clock.wallMs();
    const ids = new EventIds(10);
    for (let index = 0; index < 10; index++) ids.add(`${index}`, nowMs, nowMs);
    const parts = { id: ID, ids, metrics: [metric({ name: "orders" })], nowMs };
    const told = { kind: "count", metric: "orders", eventId: "one-more", atMs: nowMs } as const;
    const { reply, tally } = countOutcome(told, parts);
    assert.ok(reply.kind === "busy" && tally === undefined);
    assert.ok(reply.retryAfterMs > 0 && reply.retryAfterMs <= 180_000);
    assert.equal(countOutcome({ ...told, eventId: "7" }, parts).reply.kind, "repeated");
    const later = countOutcome(told, { ...parts, nowMs: nowMs + reply.retryAfterMs });
    assert.equal(later.reply.kind, "taken");
  });
});

describe("a name under which nothing is told any more", () => {
  const order = (eventId: string, atMs: number) => ({ metric: "orders", eventId, atMs });
  const toldOnce = async () => {
    const world = worldAt();
    await world.count(ID, order("o-1", 10 * DAY_MS));
    return world;
  };
  const after = async (world: CountWorld, ms: number) => {
    world.virtual.clock.advance(ms);
    const { state } = await world.account(ID);
    await world.virtual.advance(1_000);
    return { state, known: await world.known(world.virtual.clock.wallMs()) };
  };

  it("ends a day later: questions about other times do without it, and what it has told stays in answers", async () => {
    const world = await toldOnce();
    assert.deepEqual(await after(world, DAY_MS), { state: "caughtUp", known: [ID] });
    assert.deepEqual(await after(world, 600_000), { state: "gone", known: [] });
    const wanted = { metric: "orders", fromMs: 10 * DAY_MS, toMs: 11 * DAY_MS, nowMs: 12 * DAY_MS };
    assert.deepEqual(totalsOf((await world.all(wanted)).counts, "orders"), { "-": 1 });
  });

  it("has no event twice when it is told again after its end, and is back with the next", async () => {
    const world = await toldOnce();
    await after(world, DAY_MS + 600_000);
    const nowMs = world.virtual.clock.wallMs();
    const again = await world.count(ID, order("o-1", 10 * DAY_MS));
    assert.ok(again.kind === "refused" && again.code === "tooLate");
    assert.deepEqual(await world.count(ID, order("o-2", nowMs)), { kind: "taken" });
    await world.virtual.advance(1_000);
    assert.equal((await world.account(ID)).state, "caughtUp");
    assert.deepEqual(await world.known(nowMs + DAY_MS), [ID]);
    const { read, counted, tooLate } = await world.account(ID);
    assert.deepEqual({ read, counted, tooLate }, { read: 3, counted: 2, tooLate: 1 });
  });

  it("forgets its ids with its end: what was told before is too late, also of a clock that was ahead", () => {
    const ids = new EventIds();
    ids.add("ahead", DAY_MS + 300_000, DAY_MS);
    ids.forgetAll();
    assert.ok(!ids.has("ahead") && !ids.covers(DAY_MS + 300_000) && ids.covers(DAY_MS + 600_000));
  });
});
