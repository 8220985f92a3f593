import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { newPartialState } from "../../../../actors/monitoring/partial-state.ts";
import { readPartial } from "../../../../actors/monitoring/read-partial.ts";
import { ByteWriter } from "../../../../runtime/counting/byte-writer.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { shapeOf, writeShape } from "../../../../runtime/counting/metric-shape.ts";
import { metric, totalsOf } from "../../../support/counted-logs.ts";

const SHAPE = shapeOf(metric({ name: "asked" }));
const BLOCK_MS = 180_000;

/** A record in each of some blocks, and another block that nobody can read. */
function countsWith(blocks: readonly number[], unreadable: number): Counts {
  const counts = new Counts();
  for (const block of blocks) counts.block(SHAPE, block).at("", SHAPE).counts[0] = 1;
  const writer = new ByteWriter();
  writeShape(writer, SHAPE);
  writer.whole(1);
  writer.whole(unreadable);
  writer.raw(Uint8Array.of(255, 255, 255));
  return Counts.decode(Buffer.concat([counts.encode(), writer.done()]));
}

const read = (counts: Counts, toBlock: number) =>
  readPartial(
    { ...newPartialState(), counts },
    { kind: "read", metric: "asked", grain: "quarter", fromMs: 0, toMs: toBlock * BLOCK_MS, pages: [] },
  );

describe("what a partition has of old time", () => {
  it("is made of the blocks that are asked for, and nobody looks at later ones", () => {
    assert.throws(() => read(countsWith([10], 14), 15), RangeError, "it is looked at where it belongs");
    for (const to of [11, 15]) {
      const { counts } = read(countsWith([10], 15), to);
      assert.deepEqual(Object.values(totalsOf(Counts.decode(counts), "asked")), [1]);
    }
  });

  it("is whole quarters of an hour, also where the last one begins before the end and goes on behind it", () => {
    const { counts } = read(countsWith([10, 13], 15), 12);
    assert.deepEqual(Object.values(totalsOf(Counts.decode(counts), "asked")), [2]);
  });
});
