import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemorySamples, slopeOf, trendOf } from "../../../../../deploy/host/wear/memory-trend.ts";
import type { MemorySample } from "../../../../../deploy/host/wear/memory-trend.ts";

const WINDOW_MS = 600_000;
const MIB = 2 ** 20;

/** A sample each ten seconds over the whole window. */
const samplesOf = (bytesAt: (index: number) => number): MemorySample[] =>
  Array.from({ length: 61 }, (_, index) => ({ atMs: index * 10_000, bytes: bytesAt(index) }));

describe("the trend of memory", () => {
  it("is the slope of a line, in bytes a minute", () => {
    const { bytes, bytesPerMinute, spanMs, isSustained } = trendOf(
      samplesOf((index) => 100 * MIB + index * MIB),
      WINDOW_MS,
    );
    assert.equal(bytesPerMinute, 6 * MIB);
    assert.equal(bytes, 160 * MIB);
    assert.equal(spanMs, WINDOW_MS);
    assert.ok(isSustained);
  });

  it("sees through the saw of the garbage collector", () => {
    const { bytesPerMinute, isSustained } = trendOf(
      samplesOf((index) => 100 * MIB + (index % 6) * 20 * MIB + index * MIB),
      WINDOW_MS,
    );
    assert.ok(Math.abs(bytesPerMinute - 6 * MIB) < MIB, `${bytesPerMinute}`);
    assert.ok(isSustained);
  });

  it("does not take a step, a peak or falling memory for growth", () => {
    const step = trendOf(
      samplesOf((index) => (index < 30 ? 100 : 400) * MIB),
      WINDOW_MS,
    );
    const peak = trendOf(
      samplesOf((index) => (index === 40 ? 900 : 100) * MIB),
      WINDOW_MS,
    );
    const falling = trendOf(
      samplesOf((index) => (400 - index) * MIB),
      WINDOW_MS,
    );
    assert.deepEqual(
      [step, peak, falling].map(({ isSustained }) => isSustained),
      [false, false, false],
    );
    assert.equal(peak.bytesPerMinute, 0);
  });

  it("does not judge before the window has passed", () => {
    const young = samplesOf((index) => index * MIB).slice(0, 40);
    assert.equal(trendOf(young, WINDOW_MS).isSustained, false);
    assert.deepEqual(trendOf([], WINDOW_MS), { bytes: 0, bytesPerMinute: 0, spanMs: 0, isSustained: false });
  });

  it("moves with the line: an offset changes nothing, a factor multiplies, a mirror negates", () => {
    const noise = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(noise, fc.integer({ min: 1, max: 9 }), (bytes, factor) => {
        const slope = (change: (value: number) => number): number =>
          slopeOf(bytes.map((value, index) => ({ atMs: index * 60_000, bytes: change(value) })));
        const plain = slope((value) => value);
        const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 0.001, `${a} and ${b}`);
        near(
          slope((value) => value + 12_345),
          plain,
        );
        near(
          slope((value) => value * factor),
          plain * factor,
        );
        near(
          slope((value) => -value),
          -plain,
        );
      }),
    );
  });

  it("stands a quarter of wild samples", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(60), { maxLength: 14 }),
        fc.integer({ min: 0, max: 4_000 }),
        (wild, height) => {
          const samples = samplesOf((index) => (wild.includes(index) ? height * MIB : index * MIB));
          const slope = slopeOf(samples);
          assert.ok(slope > 0 && slope < 40 * MIB, `${slope}`);
        },
      ),
    );
  });
});

describe("memory samples", () => {
  it("are few however often the memory is read, and reach back one window", () => {
    const samples = new MemorySamples(WINDOW_MS);
    assert.equal(samples.trend(), undefined);
    for (let atMs = 0; atMs <= 3 * WINDOW_MS; atMs += 1_000) samples.take(atMs, 50 * MIB + atMs);
    const trend = samples.trend();
    assert.equal(trend?.spanMs, WINDOW_MS);
    assert.equal(trend?.bytesPerMinute, 60_000);
    assert.equal(trend?.bytes, 50 * MIB + 3 * WINDOW_MS);
  });

  it("tell the latest size between two samples too", () => {
    const samples = new MemorySamples(WINDOW_MS);
    samples.take(0, 1);
    samples.take(10, 2);
    assert.equal(samples.trend()?.bytes, 2);
  });
});
