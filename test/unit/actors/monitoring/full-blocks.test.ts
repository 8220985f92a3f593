import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CountWorld } from "../../../support/count-world.ts";
import { dimension, metric, tallyOf, totalsOf } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 9, 1);
const HOUR_MS = 3_600_000;
const ID = "nginx/0";
const HITS = metric({
  name: "hits",
  dimensions: [dimension("user", { budget: 40 }), dimension("path", { budget: 40 })],
  seriesMax: 30,
});

describe("a block with more combinations of values than are told apart", () => {
  it("is shown with the same values before it is on a page and after that, also with what came late", async () => {
    const world = new CountWorld();
    const submit = async (from: number, atMs: number, names: readonly number[]) => {
      const logs = names.map((name) => ({ timeMs: START, user: `u${name}`, path: `/${(name * 7) % 40}` }));
      const tally = tallyOf([HITS], [...logs, { timeMs: atMs }], atMs);
      const batch = { ...(from === 0 ? {} : { from: String(from) }), to: String(from + 1), tally };
      assert.equal((await world.submit(ID, batch)).kind, "counted");
    };
    const shown = async () => {
      const wanted = { metric: "hits", fromMs: START, toMs: START + 180_000, nowMs: START + 10 * HOUR_MS };
      return totalsOf((await world.all(wanted)).counts, "hits");
    };
    // The last to come would be the first by their names.
    await submit(0, START + 60_000, [39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25]);
    await submit(
      1,
      START + 120_000,
      [24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6],
    );
    const before = await shown();
    assert.ok(
      Object.keys(before).some((key) => key.includes("__other__")),
      "it is full",
    );
    await submit(2, START + 6 * HOUR_MS, []);
    const { length } = await world.counts(ID, "hits");
    assert.deepEqual(await shown(), before);
    await submit(3, START + 6 * HOUR_MS, [5, 4, 3, 2, 1, 0]);
    const late = await shown();
    await submit(4, START + 12 * HOUR_MS, []);
    assert.ok((await world.counts(ID, "hits")).length <= length, "what came late is on the page, too");
    assert.deepEqual(await shown(), late);
  });
});
