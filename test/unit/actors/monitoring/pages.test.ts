import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pagesOf } from "../../../../runtime/counting/pages.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { tallyOf, totalsOf } from "../../../support/counted-logs.ts";
import type { TestLog } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 9, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ID = "nginx/0";

/** A log every ten minutes, for so many hours, as batches of an hour each. */
async function feed(world: CountWorld, hours: number, from = 0): Promise<void> {
  for (let hour = from; hour < hours; hour++) {
    const logs: TestLog[] = Array.from({ length: 6 }, (_, index) => ({
      timeMs: START + hour * HOUR_MS + index * 600_000,
      status: "200",
      request_time: "0.5",
    }));
    const tally = tallyOf([], logs, START + (hour + 1) * HOUR_MS);
    const batch = { ...(hour === 0 ? {} : { from: String(hour) }), to: String(hour + 1), tally };
    assert.equal((await world.submit(ID, batch)).kind, "counted");
  }
}
const requests = async (world: CountWorld, days: number, nowMs = START + days * DAY_MS) => {
  const { counts } = await world.all({
    metric: "requests",
    fromMs: START,
    toMs: START + days * DAY_MS,
    nowMs,
  });
  return totalsOf(counts, "requests");
};

describe("old counts", () => {
  it("go onto pages, and are answered from there as if they had stayed", async () => {
    const world = new CountWorld();
    await feed(world, 72);
    assert.deepEqual(await requests(world, 3), { "2xx - - -": 72 * 6 });
    assert.deepEqual(await requests(world, 1), { "2xx - - -": 24 * 6 });
    const { counts } = await world.all({
      metric: "latency",
      fromMs: START,
      toMs: START + DAY_MS,
      nowMs: START + DAY_MS,
    });
    const hundredths: number[] = [];
    counts.forEachBlock("latency", (_number, block) => {
      for (const { sketch } of block.series.values()) {
        hundredths.push(Math.round((sketch?.quantile(0.5) ?? 0) / 10_000));
      }
    });
    assert.deepEqual(new Set(hundredths), new Set([50]));
    const pages = [...world.journal.history.keys()].filter((id) => id.startsWith(`${ID}/`));
    assert.ok(
      pages.some((id) => id.startsWith(`${ID}/latency/block/`)) &&
        pages.some((id) => id.includes("/quarter/")),
    );
    const hot = await world.counts(ID, "requests");
    assert.ok(hot.length > 0 && hot.length < 4_000, String(hot.length));
  });

  it("are there once wherever a process was killed while they were written", async () => {
    for (let cut = 0; cut <= 12; cut++) {
      const world = new CountWorld();
      await feed(world, 10);
      const fates = Array.from({ length: cut }, () => "stored" as const);
      world.journal.fates.push(...fates, "failed", "storedUnheard", "failed");
      await feed(world, 12, 10).catch(() => undefined);
      world.journal.fates.length = 0;
      const torn = world.reborn();
      await torn.virtual.advance(1_000);
      const known = Number(await torn.position(ID));
      assert.deepEqual(await requests(torn, 3), { "2xx - - -": known * 6 }, `torn at ${cut}`);
      const next = torn.reborn();
      await feed(next, 30, known);
      assert.deepEqual(await requests(next, 3), { "2xx - - -": 30 * 6 }, `cut at ${cut}`);
    }
  });

  it("are read in quarters of an hour once blocks are not kept any more", async () => {
    const world = new CountWorld();
    await feed(world, 72);
    assert.deepEqual(await requests(world, 1, START + 60 * DAY_MS), { "2xx - - -": 24 * 6 });
    const [page] = pagesOf(
      "requests",
      { from: START / 180_000, to: START / 180_000 + 480 },
      START + 60 * DAY_MS,
    );
    assert.match(page?.page ?? "", /quarter/);
  });

  it("take in what comes late for them, as a revision, with the next hour", async () => {
    const world = new CountWorld();
    await feed(world, 20);
    for (const [index, hour] of [1, 1, 5].entries()) {
      const timeMs = START + hour * HOUR_MS;
      const tally = tallyOf([], [{ timeMs, status: "200" }], START + 20 * HOUR_MS);
      await world.submit(ID, {
        from: String(index === 0 ? 20 : `late${index - 1}`),
        to: `late${index}`,
        tally,
      });
    }
    assert.deepEqual(await requests(world, 1), { "2xx - - -": 20 * 6 + 3 });
    await world.submit(ID, { from: "late2", to: "20", tally: tallyOf([], [], START + 20 * HOUR_MS) });
    await feed(world, 30, 20);
    const { counts } = await world.all({
      metric: "requests",
      fromMs: START,
      toMs: START + DAY_MS,
      nowMs: START + 2 * DAY_MS,
    });
    assert.deepEqual(totalsOf(counts, "requests"), { "2xx - - -": 24 * 6 + 3 });
    let revisions = 0;
    counts.forEachBlock("requests", (_number, block) => (revisions += block.revisions));
    assert.equal(revisions, 3);
    assert.ok((await world.counts(ID, "requests")).length < 4_000);
  });
});

describe("a time block", () => {
  it("is open, then final, then revised by what comes late", async () => {
    const world = new CountWorld();
    const nowMs = START;
    world.virtual.clock.advance(nowMs);
    const block = `requests:${START / 180_000}`;
    const submit = (from: string | undefined, to: string, timeMs: number) =>
      world.submit(ID, {
        ...(from === undefined ? {} : { from }),
        to,
        tally: tallyOf([], [{ timeMs, status: "200" }], timeMs),
      });
    await submit(undefined, "1", START + 60_000);
    await world.virtual.advance(1_500);
    assert.deepEqual(await world.look(block), {
      kind: "block",
      life: "open",
      total: 1,
      rev: 0,
      completeness: 0,
    });
    await submit("1", "2", START + 400_000);
    await world.virtual.advance(6_000);
    assert.deepEqual(await world.look(block), {
      kind: "block",
      life: "final",
      total: 1,
      rev: 0,
      completeness: 1,
    });
    await submit("2", "3", START + 100_000);
    await world.virtual.advance(6_000);
    assert.deepEqual(await world.look(block), {
      kind: "block",
      life: "revised",
      total: 2,
      rev: 1,
      completeness: 1,
    });
  });

  it("leaves memory some minutes after it was final, and knows the same when it is back", async () => {
    const world = new CountWorld();
    world.virtual.clock.advance(START);
    const block = `requests:${START / 180_000}`;
    const tally = tallyOf(
      [],
      [{ timeMs: START, status: "200" }, { timeMs: START + 300_000 }],
      START + 300_000,
    );
    await world.submit(ID, { to: "1", tally });
    await world.virtual.advance(6_000);
    assert.equal(world.timeBlocks.present(`requests:${START / 180_000}`)?.cell === undefined, false);
    await world.virtual.advance(320_000);
    assert.equal(world.timeBlocks.present(`requests:${START / 180_000}`), undefined);
    await world.look(block);
    await world.virtual.advance(1_000);
    assert.deepEqual(await world.look(block), {
      kind: "block",
      life: "final",
      total: 1,
      rev: 0,
      completeness: 1,
    });
  });
});
