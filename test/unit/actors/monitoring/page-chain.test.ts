import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PAGE_BYTES_MAX } from "../../../../actors/monitoring/page-room.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { LocalDays } from "../../../../runtime/counting/local-day.ts";
import { daysPage } from "../../../../runtime/counting/pages.ts";
import { SNAPSHOT_BYTES_MAX } from "../../../../runtime/persistence/journal-limits.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { countsOf, dimension, metric, tallyOf, totalsOf } from "../../../support/counted-logs.ts";
import type { TestLog } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 9, 1);
const BLOCK_MS = 180_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ID = "nginx/0";
/** What nodes send each other at once at most. */
const PARCEL_BYTES_MAX = 4_194_304;
const OWN = metric({
  name: "asked",
  value: "top",
  field: "uri",
  wanted: 100,
  dimensions: [dimension("host")],
});
const LINES = 1_000;
/** More blocks than fit on a page. */
const BLOCKS = 36;

/** A host was asked for a thousand long things in one block: a series of some 260 KB. */
function busy(block: number, host: string): TestLog[] {
  const timeMs = START + block * BLOCK_MS;
  return Array.from({ length: LINES }, (_, index) => ({ timeMs, host, uri: `/${index}/`.padEnd(250, "x") }));
}

/** Notes how large the largest answer is that this world sends. */
function weighed({ virtual }: CountWorld): { largest: number } {
  const seen = { largest: 0 };
  const ask = virtual.ask.bind(virtual) as (
    ...words: unknown[]
  ) => Promise<{ counts?: Uint8Array; leaving?: { counts: Uint8Array }[] }>;
  virtual.ask = (async (...words: unknown[]) => {
    const reply = await ask(...words);
    const parts = [reply.counts, ...(reply.leaving ?? []).map(({ counts }) => counts)];
    const bytes = parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
    seen.largest = Math.max(seen.largest, bytes);
    return reply;
  }) as unknown as typeof virtual.ask;
  return seen;
}

/** Batches: the busy blocks two at a time, then a log an hour, so that those have to leave. */
const BATCHES: readonly TestLog[][] = [
  ...Array.from({ length: BLOCKS / 2 }, (_, pair) => [...busy(2 * pair, "a"), ...busy(2 * pair + 1, "a")]),
  ...[2, 3, 4, 5, 6, 7, 8].map((hour) => [{ timeMs: START + hour * HOUR_MS, host: "a", uri: "/" }]),
];
const LOGS = BATCHES.reduce((sum, logs) => sum + logs.length, 0);

async function feed(world: CountWorld, from: number, to = BATCHES.length): Promise<void> {
  for (let index = from; index < to; index++) {
    const tally = tallyOf([OWN], BATCHES[index] ?? [], START + 8 * HOUR_MS);
    const batch = { ...(index === 0 ? {} : { from: String(index) }), to: String(index + 1), tally };
    assert.equal((await world.submit(ID, batch)).kind, "counted");
  }
}

async function total(world: CountWorld): Promise<number> {
  const wanted = { metric: "asked", fromMs: START, toMs: START + DAY_MS, nowMs: START + DAY_MS };
  return totalsOf((await world.all(wanted)).counts, "asked")["a"] ?? 0;
}

describe("old counts of which there are more than one page holds", () => {
  it("go on in the next page of a chain, each part once wherever an answer was lost, and are read in parts that cross nodes", async () => {
    const world = new CountWorld();
    // Long after it: no block is watched while it is counted.
    world.virtual.clock.advance(START + DAY_MS);
    await feed(world, 0, BATCHES.length - 2);
    const fates = Array.from({ length: 3 }, () => "stored" as const);
    world.journal.fates.push(...fates, "storedUnheard", "failed");
    await feed(world, BATCHES.length - 2).catch(() => undefined);
    world.journal.fates.length = 0;
    await world.virtual.advance(60_000);
    await feed(world, Number(await world.position(ID)));
    await world.virtual.advance(60_000);
    const pages = [...world.journal.history.keys()].filter((id) => id.includes("/asked/block/"));
    assert.ok(
      pages.some((id) => id.endsWith("/1")),
      pages.join(),
    );
    for (const { bytes } of world.journal.snapshots) assert.ok(bytes.length < 1.5 * PAGE_BYTES_MAX);
    const next = world.reborn();
    const seen = weighed(next);
    assert.equal(await total(next), LOGS);
    assert.ok(seen.largest > 262_144 && seen.largest < PARCEL_BYTES_MAX / 2, String(seen.largest));
  });

  it("of days go on in the same way, and a part that comes again is known wherever it is", async () => {
    const world = new CountWorld(undefined, { zones: ["UTC"] });
    const page = daysPage("asked", new LocalDays("UTC"), START);
    const days = world.places.days;
    const parts = Array.from({ length: BLOCKS }, (_, index) => {
      const block = (index % 31) * 480;
      const own = countsOf([tallyOf([OWN], busy(block, `host${index}`), START + block * BLOCK_MS)]).of(
        "asked",
      );
      return { kind: "keep", partial: ID, seq: 100_001 + index, counts: own.encode() } as const;
    });
    const keep = async (index: number, link: number) => {
      const part = parts[index];
      assert.ok(part);
      const asked = world.virtual.ask(days.entity(link === 0 ? page : `${page}/${link}`), { ...part, link });
      await world.virtual.settle();
      return (await asked).kind;
    };
    let link = 0;
    for (let index = 0; index < BLOCKS; index++) {
      if ((await keep(index, link)) === "full") assert.equal(await keep(index, ++link), "kept");
    }
    assert.equal(link, 1);
    assert.equal(await keep(0, 0), "kept");
    assert.equal(await keep(BLOCKS - 1, 0), "full");
    assert.equal(await keep(BLOCKS - 1, 1), "kept");
    const wanted = { metric: "asked", fromMs: START, toMs: START + 31 * DAY_MS, nowMs: START + 31 * DAY_MS };
    const read = await world.days(wanted, { page, zone: "UTC" });
    const sum = new Counts();
    for (const part of read.parts) sum.add(part);
    const totals = Object.values(totalsOf(sum, "asked"));
    assert.deepEqual([totals.length, new Set(totals)], [BLOCKS, new Set([LINES])]);
  });
});

describe("counts of which an hour or two would not fit into a snapshot", () => {
  it("go onto pages as soon as their quarter of an hour is over, and are answered in the meantime", async () => {
    const world = new CountWorld();
    world.virtual.clock.advance(START + DAY_MS);
    let largest = 0;
    for (let block = 0; block < 60; block++) {
      const tally = tallyOf([OWN], busy(block, "a"), START + (block + 1) * BLOCK_MS);
      const batch = { ...(block === 0 ? {} : { from: String(block) }), to: String(block + 1), tally };
      assert.equal((await world.submit(ID, batch)).kind, "counted");
      await world.virtual.advance(1_000);
      largest = Math.max(largest, (await world.counts(ID, "asked")).length);
      if (block % 10 === 9) assert.equal(await total(world), (block + 1) * LINES);
    }
    assert.ok(largest < SNAPSHOT_BYTES_MAX / 2, String(largest));
    assert.equal(await total(world.reborn()), 60 * LINES);
  });
});
