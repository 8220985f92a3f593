import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Leaving } from "../../../../actors/monitoring/leaving.ts";
import { leave, newPartialState, PARTIAL_SNAPSHOT } from "../../../../actors/monitoring/partial-state.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { LocalDays } from "../../../../runtime/counting/local-day.ts";
import { daysPage, pagesOf, PART_BYTES_MAX } from "../../../../runtime/counting/pages.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { countsOf, tallyOf, totalsOf } from "../../../support/counted-logs.ts";
import type { TestLog } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 9, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ID = "nginx/0";

/** Long after all of it has happened: nobody follows blocks of which old logs are read. */
const afterAll = (world: CountWorld): CountWorld => {
  world.virtual.clock.advance(START + 30 * DAY_MS);
  return world;
};
const worldAfterAll = (): CountWorld => afterAll(new CountWorld());

/** A log every ten minutes, for so many hours, as batches of an hour each. */
async function feed(world: CountWorld, hours: number, from = 0, more: Partial<TestLog> = {}): Promise<void> {
  for (let hour = from; hour < hours; hour++) {
    const logs: TestLog[] = Array.from({ length: 6 }, (_, index) => ({
      timeMs: START + hour * HOUR_MS + index * 600_000,
      status: "200",
      request_time: "0.5",
      ...more,
    }));
    const tally = tallyOf([], logs, START + (hour + 1) * HOUR_MS);
    const batch = { ...(hour === 0 ? {} : { from: String(hour) }), to: String(hour + 1), tally };
    assert.equal((await world.submit(ID, batch)).kind, "counted");
  }
}
/** Logs of one hour with so many different values that each block has many series. */
const LOGS: TestLog[] = Array.from({ length: 200 }, (_, index) => ({
  timeMs: START + index * 18_000,
  status: index % 3 === 0 ? "404" : "200",
  route: `/r${index % 20}`,
  request_method: "GET",
  kind: "http",
}));
const seriesIn = (bytes: Uint8Array): number => {
  let series = 0;
  const counts = Counts.decode(bytes);
  for (const metric of counts.metrics()) {
    counts.forEachBlock(metric, (_number, block) => (series += block.series.size));
  }
  return series;
};
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
    const world = worldAfterAll();
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
      const world = worldAfterAll();
      await feed(world, 10);
      const fates = Array.from({ length: cut }, () => "stored" as const);
      world.journal.fates.push(...fates, "failed", "storedUnheard", "failed");
      await feed(world, 12, 10).catch(() => undefined);
      world.journal.fates.length = 0;
      const torn = afterAll(world.reborn());
      await torn.virtual.advance(1_000);
      const known = Number(await torn.position(ID));
      assert.deepEqual(await requests(torn, 3), { "2xx - - -": known * 6 }, `torn at ${cut}`);
      const next = afterAll(torn.reborn());
      await feed(next, 30, known);
      assert.deepEqual(await requests(next, 3), { "2xx - - -": 30 * 6 }, `cut at ${cut}`);
    }
  });

  it("go on to pages in the same process wherever the answer of a journal was lost", async () => {
    for (let cut = 0; cut <= 14; cut++) {
      const world = worldAfterAll();
      await feed(world, 10);
      world.journal.fates.push(...Array.from({ length: cut }, () => "stored" as const), "storedUnheard");
      await feed(world, 12, 10).catch(() => undefined);
      world.journal.fates.length = 0;
      await world.virtual.advance(60_000);
      await feed(world, 40, Number(await world.position(ID)));
      await world.virtual.advance(60_000);
      const { length } = await world.counts(ID, "requests");
      assert.ok(length < 4_000, `${length} bytes are on no page, cut at ${cut}`);
      assert.deepEqual(await requests(world, 3), { "2xx - - -": 40 * 6 }, `cut at ${cut}`);
    }
  });

  it("are read in quarters of an hour once blocks are not kept any more", async () => {
    const world = worldAfterAll();
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
    const world = worldAfterAll();
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

describe("counts on their way to pages", () => {
  it("are divided once, and keep their division whatever becomes of its limit", () => {
    const counts = countsOf([tallyOf([], LOGS, START + HOUR_MS)]);
    const division = { round: 3, partBytes: 300, zones: [] };
    const leaving = new Leaving(counts, division);
    assert.equal(leaving.parts, leaving.parts, "made once");
    const loaded = Leaving.load(leaving.dump());
    assert.deepEqual(loaded.parts, leaving.parts);
    const other = new Leaving(counts, { ...division, partBytes: PART_BYTES_MAX });
    assert.ok(other.parts.length < leaving.parts.length);
  });

  it("are as large as they may be at most, however much is in one block", () => {
    const counts = countsOf([tallyOf([], LOGS, START + HOUR_MS)]);
    const { parts } = new Leaving(counts, { round: 1, partBytes: 300, zones: ["UTC"] });
    for (const part of parts) assert.ok(part.counts.length <= 300 || seriesIn(part.counts) === 1, part.page);
    assert.deepEqual(
      parts.map(({ seq }) => seq),
      parts.map((_, index) => 100_001 + index),
    );
    for (const tier of ["block", "quarter", "days"]) {
      const sum = new Counts();
      for (const part of parts) if (part.page.startsWith(`requests/${tier}/`)) sum.merge(part.counts);
      assert.deepEqual(totalsOf(sum, "requests"), totalsOf(counts, "requests"), tier);
    }
  });

  it("were divided as an event says that does not say it: before that was stored", () => {
    const state = newPartialState();
    leave(state, { kind: "leaving", before: 5 });
    assert.equal(state.leaving?.division.partBytes, 524_288);
    leave(state, { kind: "leaving", before: 5, partBytes: 99, zones: ["UTC"] });
    assert.deepEqual(state.leaving?.division, { round: 2, partBytes: 99, zones: ["UTC"] });
  });

  it("are read as an earlier version has stored them", () => {
    const counts = countsOf([tallyOf([], LOGS, START + HOUR_MS)]);
    const { opener: _, ...state } = newPartialState();
    const before = {
      ...state,
      rounds: 4,
      counts: new Uint8Array(),
      leaving: counts.encode(),
      ids: { forgottenBefore: 0, blocks: [] },
    };
    const loaded = PARTIAL_SNAPSHOT.load(PARTIAL_SNAPSHOT.upcast[1](before));
    assert.equal(loaded.leaving?.division.round, 4);
    assert.ok((loaded.leaving?.parts.length ?? 0) > 0);
    assert.equal(
      PARTIAL_SNAPSHOT.load(PARTIAL_SNAPSHOT.upcast[1]({ ...before, leaving: new Uint8Array() })).leaving,
      undefined,
    );
  });
});

describe("local days", () => {
  const zones = ["Asia/Shanghai"];
  const days = new LocalDays("Asia/Shanghai");
  const shanghai = async (world: CountWorld, nowMs: number) => {
    const fromMs = days.dayStartOf(START);
    const wanted = { metric: "requests", fromMs, toMs: START + 5 * DAY_MS, nowMs };
    const page = daysPage("requests", days, START);
    const { parts } = await world.days(wanted, { page, zone: days.zone });
    const totals: Record<string, number> = {};
    for (const part of parts) {
      part.forEachBlock("requests", (number, block) => {
        const date = days.dateOf(number * 180_000);
        for (const series of block.series.values()) totals[date] = (totals[date] ?? 0) + series.total;
      });
    }
    return totals;
  };

  it("are kept for ever, each of them exact, also after the pages of their partition are over", async () => {
    const world = new CountWorld(undefined, { zones });
    await feed(world, 72);
    const expected = {
      "2026-10-01": 16 * 6,
      "2026-10-02": 24 * 6,
      "2026-10-03": 24 * 6,
      "2026-10-04": 8 * 6,
    };
    assert.deepEqual(await shanghai(world, START + 3 * DAY_MS), expected);
    await world.say(ID, { state: "gone" });
    const over = new CountWorld(world.journal, { zones });
    over.virtual.clock.advance(START + 500 * DAY_MS);
    await over.virtual.advance(60_000);
    assert.deepEqual(await shanghai(over, START + 500 * DAY_MS), expected);
  });

  it("have each record once, wherever a process was killed while they were written", async () => {
    for (let cut = 0; cut <= 12; cut += 4) {
      const world = new CountWorld(undefined, { zones });
      await feed(world, 10);
      world.journal.fates.push(
        ...Array.from({ length: cut }, () => "stored" as const),
        "storedUnheard",
        "failed",
      );
      await feed(world, 12, 10).catch(() => undefined);
      world.journal.fates.length = 0;
      const next = world.reborn({ zones });
      await next.virtual.advance(1_000);
      const known = Number(await next.position(ID));
      await feed(next, 24, known);
      const totals = await shanghai(next, START + 2 * DAY_MS);
      assert.deepEqual(totals, { "2026-10-01": 16 * 6, "2026-10-02": 8 * 6 }, `cut at ${cut}`);
    }
  });

  it("tell different values apart with half the error of blocks", async () => {
    const world = new CountWorld(undefined, { zones });
    await feed(world, 20, 0, { remote_addr: "10.0.0.1" });
    const page = daysPage("clients", days, START);
    const fromMs = days.dayStartOf(START);
    const wanted = { metric: "clients", fromMs, toMs: START + HOUR_MS, nowMs: START + DAY_MS };
    const { parts } = await world.days(wanted, { page, zone: days.zone });
    const errors = (list: readonly Counts[]) => {
      const found = new Set<string>();
      for (const part of list) {
        part.forEachBlock("clients", (_number, block) => {
          for (const { unique } of block.series.values()) found.add((unique?.error ?? 0).toFixed(4));
        });
      }
      return [...found].sort();
    };
    assert.deepEqual(errors(parts), ["0.0081"]);
    const { counts } = await world.all(wanted);
    assert.deepEqual(errors([counts]), ["0.0163"]);
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
