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
    const pages = [...world.journal.history.keys()].filter((id) => id.startsWith(`${ID}/`));
    assert.ok(
      pages.some((id) => id.startsWith(`${ID}/latency/block/`)) &&
        pages.some((id) => id.includes("/quarter/")),
    );
    const hot = await world.counts(ID, "requests");
    assert.ok(hot.length > 0 && hot.length < 20_000);
  });

  it("are there once wherever a process was killed while they were written", async () => {
    for (let cut = 1; cut <= 12; cut++) {
      const world = new CountWorld();
      await feed(world, 40);
      const fates = Array.from({ length: cut }, () => "stored" as const);
      world.journal.fates.push(...fates, "failed", "storedUnheard");
      await feed(world, 41, 40).catch(() => undefined);
      world.journal.fates.length = 0;
      const next = world.reborn();
      await next.virtual.advance(1_000);
      const hours = Number(await next.position(ID));
      await feed(next, 60, hours);
      assert.deepEqual(await requests(next, 3), { "2xx - - -": 60 * 6 }, `cut at ${cut}`);
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

  it("take what comes for them as too late, and say so", async () => {
    const world = new CountWorld();
    await feed(world, 72);
    // The clock of this batch is a day behind.
    const tally = tallyOf([], [{ timeMs: START + HOUR_MS, status: "200" }], START + 2 * HOUR_MS);
    await world.submit(ID, { from: "72", to: "73", tally });
    const { read, counted, tooLate } = await world.account(ID);
    assert.deepEqual([read, counted, tooLate], [72 * 6 + 1, 72 * 6, 1]);
    assert.deepEqual(await requests(world, 3), { "2xx - - -": 72 * 6 });
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
