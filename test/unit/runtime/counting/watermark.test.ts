import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  afterBatch,
  completeness,
  overall,
  SAFETY_MS,
  whenCaughtUp,
} from "../../../../runtime/counting/watermark.ts";
import type { PartitionView } from "../../../../runtime/counting/watermark.ts";

const NOW = 1_000_000_000_000;
const view = (parts: Partial<PartitionView>): PartitionView => ({
  id: "a/1",
  state: "flowing",
  watermarkMs: NOW,
  lagMs: undefined,
  ...parts,
});

describe("the watermark", () => {
  it("never goes back, and never beyond the time at which a batch was taken in", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ latestMs: fc.option(fc.nat(2 * NOW), { nil: undefined }), nowMs: fc.nat(2 * NOW) }),
        ),
        (batches) => {
          let mark: number | undefined;
          for (const batch of batches) {
            const next = afterBatch(mark, batch);
            assert.ok((next ?? 0) >= (mark ?? 0));
            assert.ok((next ?? 0) <= Math.max(mark ?? 0, batch.nowMs));
            mark = next;
          }
        },
      ),
    );
  });

  it("goes on without records where everything was read, and holds where nothing is heard", () => {
    assert.equal(whenCaughtUp(NOW - 60_000, NOW), NOW - SAFETY_MS);
    assert.equal(whenCaughtUp(NOW, NOW), NOW);
    assert.equal(whenCaughtUp(NOW - 60_000, undefined), NOW - 60_000);
  });

  it("of all is that of the last partition, without those that have ended or were given up", () => {
    const late = view({ id: "a/2", state: "stalled", watermarkMs: NOW - 50_000 });
    assert.equal(overall([view({}), late], NOW), NOW - 50_000);
    assert.equal(overall([view({}), { ...late, state: "gone" }], NOW), NOW);
    assert.equal(overall([view({}), { ...late, watermarkMs: NOW - 2 * 86_400_000 }], NOW), NOW);
    assert.equal(overall([view({}), { ...late, watermarkMs: undefined }], NOW), undefined);
    assert.equal(overall([], NOW), undefined);
  });

  it("waits for a partition that is read, however far behind it is", () => {
    const behindMs = NOW - 2 * 86_400_000;
    for (const state of ["lagging", "flowing"] as const) {
      const read = view({ id: "a/2", state, watermarkMs: behindMs });
      assert.equal(overall([view({}), read], NOW), behindMs);
      assert.equal(completeness([view({}), read], NOW, NOW), 0.5);
    }
  });

  it("makes complete what all partitions have passed", () => {
    const partitions = [view({}), view({ id: "a/2", watermarkMs: NOW - 50_000 })];
    assert.equal(completeness(partitions, NOW, NOW), 0.5);
    assert.equal(completeness(partitions, NOW - 50_000, NOW), 1);
    assert.equal(completeness([], NOW, NOW), 1);
  });
});
