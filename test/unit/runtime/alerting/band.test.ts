import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { bandOf, distanceOf, edgesOf, expectedOf } from "../../../../runtime/alerting/band.ts";
import { BlockMemory, MEMORY_BLOCKS } from "../../../../runtime/alerting/block-memory.ts";
import { Season } from "../../../../runtime/alerting/season.ts";
import { BLOCK_MS, blockOf } from "../../../../runtime/counting/cells.ts";
import { LocalDays } from "../../../../runtime/counting/local-day.ts";
import { AlertRun, alertRule, fact } from "../../../support/alert-run.ts";

const DAY = 480;
/** A Monday. */
const MONDAY = blockOf(Date.UTC(2026, 8, 7));
const utc = new Season(new LocalDays("UTC"));

/** Many by day, few by night, and half of it on days of rest. */
function usual(block: number): number {
  const isRest = [0, 6].includes(new Date(block * BLOCK_MS).getUTCDay());
  const hour = ((block % DAY) / DAY) * 24;
  const byDay = 200 + 1_800 * Math.max(0, Math.sin(((hour - 6) / 24) * 2 * Math.PI));
  return Math.round(byDay * (isRest ? 0.5 : 1));
}

/** Weeks of what is usual, with a little noise that is the same each time. */
function learnt(weeks: number, from = MONDAY): BlockMemory {
  const memory = new BlockMemory();
  for (let block = from; block < from + weeks * 7 * DAY; block++) {
    memory.note(block, Math.round(usual(block) * (1 + 0.03 * Math.sin(block * 12.9898))));
  }
  return memory;
}

describe("the blocks that a block is like", () => {
  it("are those of the same number in their day and their neighbours, on days of work or on days of rest", () => {
    const noon = MONDAY + 28 * DAY + 240;
    const alike = utc.blocksLike(noon);
    assert.equal(alike.length, 20 * 5);
    assert.deepEqual(
      alike.slice(0, 5),
      [-2, -1, 0, 1, 2].map((away) => noon - 3 * DAY + away),
    );
    assert.equal(utc.blocksLike(noon + 5 * DAY).length, 8 * 5);
  });

  it("are counted from where a local day begins, also when one had 23 hours", () => {
    const season = new Season(new LocalDays("America/New_York"));
    // Monday after the clocks went forward on Sunday, 2026-03-08: the day of Friday began five hours after UTC.
    const monday = blockOf(Date.UTC(2026, 2, 9, 4)) + 100;
    const friday = blockOf(Date.UTC(2026, 2, 6, 5)) + 100;
    assert.equal(season.blocksLike(monday)[2], friday);
  });
});

describe("what is expected of a block", () => {
  it("is what was counted at the same time of like days", () => {
    const memory = learnt(4);
    for (const hour of [0, 4, 12, 18]) {
      for (const day of [28, 33]) {
        const block = MONDAY + day * DAY + hour * 20;
        const band = bandOf(memory, block, utc) ?? assert.fail();
        assert.ok(Math.abs(expectedOf(band) / usual(block) - 1) < 0.05, `${day} ${hour}`);
        assert.ok(Math.abs(distanceOf(band, usual(block))) < 2);
      }
    }
  });

  it("is wide as long as less than a week is known, and nothing before an hour", () => {
    const memory = new BlockMemory();
    for (let block = MONDAY; block < MONDAY + 19; block++) memory.note(block, 1_000);
    assert.equal(bandOf(memory, MONDAY + 19, utc), undefined);
    memory.note(MONDAY + 19, 1_000);
    const { low, high } = edgesOf(bandOf(memory, MONDAY + 20, utc) ?? assert.fail(), 4);
    assert.ok(low < 200 && low > 100, String(low));
    assert.ok(high > 5_000 && high < 10_000, String(high));
  });

  it("is never narrower than chance, nor than 5 percent", () => {
    const steady = (count: number): BlockMemory => {
      const memory = new BlockMemory();
      for (let block = MONDAY; block < MONDAY + 28 * DAY; block++) memory.note(block, count);
      return memory;
    };
    const block = MONDAY + 28 * DAY;
    assert.equal(bandOf(steady(1_000_000), block, utc)?.width, 0.05);
    const few = bandOf(steady(9), block, utc) ?? assert.fail();
    assert.ok(Math.abs(few.width - 0.3) < 1e-6, "the root of 9 is a third of it; of 10, as logarithms count");
    const { low, high } = edgesOf(few, 4);
    assert.ok(low < 3 && high > 24);
    assert.equal(edgesOf(bandOf(steady(0), block, utc) ?? assert.fail(), 4).low, 0);
  });
});

describe("a baseline", () => {
  const rule = alertRule({ kind: "baseline", minVolume: 50 });
  const start = MONDAY + 28 * DAY + 200;

  const after = (weeks = 4, zone = "UTC"): AlertRun => {
    const run = new AlertRun(rule, zone);
    for (let block = MONDAY; block < MONDAY + weeks * 7 * DAY; block++) {
      run.state.memory.note(block, usual(block));
    }
    return run;
  };
  const phases = (run: AlertRun, counts: readonly number[]): string[] =>
    counts.map((count, index) => run.step(fact(start + index, count)));

  it("says nothing of an ordinary day", () => {
    const run = after();
    for (let block = MONDAY + 28 * DAY; block < MONDAY + 35 * DAY; block++) {
      assert.equal(run.step(fact(block, usual(block))), "inactive", String(block));
    }
  });

  it("fires when two of three blocks are far from it, on either side", () => {
    const half = usual(start) / 2;
    assert.deepEqual(phases(after(), [half, half]), ["pending", "firing"]);
    assert.deepEqual(phases(after(), [3 * half * 2, usual(start + 1), 3 * half * 2]), [
      "pending",
      "pending",
      "firing",
    ]);
    assert.deepEqual(phases(after(), [0, usual(start + 1), usual(start + 2), 0]), [
      "pending",
      "pending",
      "inactive",
      "pending",
    ]);
  });

  it("looks at one side alone if it is told to", () => {
    const run = after();
    const above = new AlertRun({ ...rule, side: "above" });
    Object.assign(above.state, { memory: run.state.memory });
    assert.deepEqual(phases(above, [0, 0, 0]), ["inactive", "inactive", "inactive"]);
    const below = new AlertRun({ ...rule, side: "below" });
    Object.assign(below.state, { memory: after().state.memory });
    assert.deepEqual(phases(below, [9_999, 9_999]), ["inactive", "inactive"]);
  });

  it("sees that nothing comes where much is expected, and minds nothing where little is", () => {
    const run = after();
    assert.deepEqual(phases(run, [0, 0]), ["pending", "firing"]);
    const quiet = new AlertRun({ ...rule, minVolume: 10_000 });
    Object.assign(quiet.state, { memory: after().state.memory });
    assert.deepEqual(phases(quiet, [0, 0]), ["inactive", "inactive"]);
  });

  it("does not learn from what was an alert, until it lasts for a day", () => {
    const run = after();
    const flood = (blocks: number): void => {
      const from = run.state.next ?? start;
      for (let block = from; block < from + blocks; block++) run.step(fact(block, 50_000));
    };
    flood(100);
    assert.equal(run.state.phase.phase, "firing");
    assert.equal(run.state.memory.at(start + 50), undefined);
    flood(500);
    assert.ok((run.state.memory.at(start + 590) ?? 0) > 10);
  });

  it("is over with what was wrong, also in its first week and after hours", () => {
    const run = new AlertRun(rule);
    run.steps(Array.from({ length: 60 }, () => 1_000));
    const flood = run.steps(Array.from({ length: 100 }, () => 90_000));
    assert.equal(flood.at(-1), "firing");
    assert.deepEqual(run.steps([1_000, 1_000]), ["resolved", "inactive"]);
  });

  it("waits for what it can hold a block against", () => {
    const run = new AlertRun(rule);
    assert.deepEqual(run.steps([1_000, 0, 1_000]), ["inactive", "inactive", "inactive"]);
    assert.equal(run.judgements[0]?.sense, "unknown");
  });
});

describe("the memory of blocks", () => {
  const notes = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 * MEMORY_BLOCKS }), fc.nat(1_000)), {
    maxLength: 60,
  });
  it("knows what was noted among the latest, and nothing else, also after it was stored", () => {
    fc.assert(
      fc.property(notes, (noted) => {
        const memory = new BlockMemory();
        const known = new Map<number, number>();
        for (const [block, count] of noted) {
          memory.note(block, count);
          known.set(block, Math.fround(Math.log1p(count)));
        }
        const end = Math.max(...known.keys()) + 1;
        const stored = BlockMemory.load(structuredClone(memory.dump()));
        for (const [block, log] of known) {
          if (block < end - MEMORY_BLOCKS) continue;
          // One that was too old when it was noted was not noted.
          for (const of of [memory, stored, memory.copy()]) {
            const at = of.at(block);
            assert.ok(at === log || at === undefined, String(block));
          }
          assert.equal(stored.at(block), memory.at(block));
        }
        for (const block of [0, 7, MEMORY_BLOCKS, 2 * MEMORY_BLOCKS + 5, 4 * MEMORY_BLOCKS]) {
          if (!known.has(block)) assert.equal(memory.at(block), undefined);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("is read from bytes that are a part of others, as a journal gives them", () => {
    const memory = new BlockMemory();
    memory.note(7, 100);
    const { logs = new Uint8Array(), ...rest } = memory.dump();
    const part = Buffer.concat([Buffer.alloc(3), logs, Buffer.alloc(2)]).subarray(3, 3 + logs.length);
    assert.equal(BlockMemory.load({ ...rest, logs: part }).at(7), memory.at(7));
    const seen: number[] = [];
    const counts = Buffer.concat([Buffer.alloc(1), BlockMemory.encode([5])]).subarray(1);
    BlockMemory.forEachCount(counts, (_index, count) => seen.push(count));
    assert.deepEqual(seen, [5]);
  });

  it("takes counts as bytes, and leaves out what is not known", () => {
    const seen: [number, number][] = [];
    BlockMemory.forEachCount(BlockMemory.encode([5, undefined, 0]), (index, count) =>
      seen.push([index, count]),
    );
    assert.deepEqual(seen, [
      [0, 5],
      [2, 0],
    ]);
  });
});
