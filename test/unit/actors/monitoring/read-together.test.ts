import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, it } from "node:test";
import type { CountPortion } from "../../../../protocols/count-page.ts";
import { readOwn } from "../../../../actors/monitoring/read-portion.ts";
import { readTogether } from "../../../../actors/monitoring/read-together.ts";
import type { PageSaid, PartialSaid, Reading } from "../../../../actors/monitoring/read-together.ts";
import { Counts } from "../../../../runtime/counting/counts.ts";
import { shapeOf } from "../../../../runtime/counting/metric-shape.ts";
import { placeOf } from "../../../../runtime/counting/stretch.ts";
import { metric, totalsOf } from "../../../support/counted-logs.ts";

const SHAPE = shapeOf(metric({ name: "asked" }));
const BLOCK_MS = 180_000;
const BLOCKS = 24;
const NOTHING: PartialSaid = {
  kind: "counts",
  counts: new Uint8Array(),
  archivedBefore: BLOCKS,
  rounds: 1,
  leaving: [],
  state: "flowing",
};
const ALL = { from: placeOf(0), to: placeOf(BLOCKS) };

/** A page with a record in each block. */
function page(): Counts {
  const counts = new Counts();
  for (let block = 0; block < BLOCKS; block++) counts.block(SHAPE, block).at("", SHAPE).counts[0] = 1;
  return counts;
}

describe("counts that are read together", () => {
  it("are asked of each page of a chain only up to where those before it came", async () => {
    const pages = [page(), page(), page()];
    let upToMs = Number.POSITIVE_INFINITY;
    let asks = 0;
    const askPage = async (link: number, portion: CountPortion): Promise<PageSaid> => {
      if (link === 0) upToMs = Number.POSITIVE_INFINITY;
      assert.ok(portion.toMs <= upToMs, `link ${link} is asked up to ${portion.toMs} instead of ${upToMs}`);
      asks++;
      // Each has room for less than the one before it.
      const said = readOwn(pages[link] as Counts, { ...portion, bytesMax: 100 - 20 * link });
      if (said.next !== undefined) upToMs = Math.min(upToMs, said.next.block * BLOCK_MS);
      return { ...said, seqs: {}, isFull: link < pages.length - 1 };
    };
    const reading: Reading = { ids: ["nginx/0"], page: "asked", askPartial: async () => NOTHING, askPage };
    const sum = new Counts();
    await readTogether(reading, ALL, (part) => sum.add(part));
    assert.deepEqual(Object.values(totalsOf(sum, "asked")), [3 * BLOCKS]);
    assert.ok(asks > pages.length, "they were read in portions");
  });

  it("are asked of some partitions at a time, and answered in their order", async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `nginx/${index}`);
    let [asked, most] = [0, 0];
    const askPartial = async (id: string): Promise<PartialSaid> => {
      most = Math.max(most, ++asked);
      await nextTurn();
      asked--;
      return { ...NOTHING, lagMs: ids.indexOf(id) };
    };
    const reading: Reading = { ids, page: "asked", askPartial, askPage: () => undefined };
    const said = await readTogether(reading, ALL, () => undefined);
    assert.deepEqual(
      said.map(({ lagMs }) => lagMs),
      ids.map((_, index) => index),
    );
    assert.equal(most, 8);
  });
});
