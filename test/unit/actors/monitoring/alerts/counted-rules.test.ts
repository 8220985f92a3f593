import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CountedRules } from "../../../../../actors/monitoring/alerts/counted-rules.ts";
import { shapeOf } from "../../../../../runtime/counting/metric-shape.ts";
import { Counts } from "../../../../../runtime/counting/counts.ts";
import { keyOf } from "../../../../../runtime/counting/block-counts.ts";
import { endOfBlock } from "../../../../../runtime/alerting/alert-state.ts";
import { alertRule } from "../../../../support/alert-run.ts";
import { dimension, metric } from "../../../../support/counted-logs.ts";

const FROM = 9_000_000;
const BLOCKS = 60;
const SERIES = 2_000;
const DEFINITION = metric({ name: "visits", dimensions: [dimension("route", { budget: SERIES })] });
const SHAPE = shapeOf(DEFINITION);

/** Many series in each of many blocks: to add them up takes a while. */
function manyCounts(): Uint8Array {
  const counts = new Counts();
  for (let number = FROM; number < FROM + BLOCKS; number++) {
    const block = counts.block(SHAPE, number);
    for (let series = 0; series < SERIES; series++) block.at(keyOf([`/${series}`]), SHAPE).counts[0] = 1;
  }
  return counts.encode();
}

/** Rules over what partitions say; what was asked of them is noted. */
function rulesOver(counts: Uint8Array, partitions: readonly string[]) {
  const asked: string[] = [];
  const standing = { state: "flowing", watermarkMs: endOfBlock(FROM + BLOCKS) };
  const read = { kind: "counts", counts, archivedBefore: 0, rounds: 0, leaving: [], ...standing };
  const ask = (_to: unknown, { kind }: { readonly kind: string }) => {
    asked.push(kind);
    if (kind === "list") return Promise.resolve({ kind: "partials", partials: partitions });
    return Promise.resolve(kind === "read" ? read : { kind: "account", ...standing });
  };
  const entity = (id: string) => id;
  const places = { book: { entity }, partials: { entity }, pages: { entity }, days: { entity } };
  const context = { ask, wallMs: () => endOfBlock(FROM + BLOCKS) };
  const source = { ...places, metrics: [DEFINITION] };
  return { rules: new CountedRules(source as never, context as never), asked };
}

describe("what rules look at", () => {
  const range = { from: FROM, to: FROM + BLOCKS };
  const visits = alertRule({ metric: "visits" });

  it("is added up in steps, between which everything else goes on, however many rules there are", async () => {
    const { rules } = rulesOver(manyCounts(), ["web/0"]);
    let [turns, isDone] = [0, false];
    const others = (async () => {
      for (; !isDone; turns++) await new Promise((resolve) => setImmediate(resolve));
    })();
    const [one, other] = await Promise.all([rules.sumsOf(visits, range), rules.sumsOf(visits, range)]);
    isDone = true;
    await others;
    assert.ok(turns >= 4, `others had ${turns} turns`);
    assert.deepEqual([one.sums.at(FROM)?.count, other.sums.at(FROM + BLOCKS - 1)?.count], [SERIES, SERIES]);
    assert.equal(one.sums.at(FROM + BLOCKS), undefined);
  });

  it("is read once for all rules of a metric that look at the same blocks", async () => {
    const { rules, asked } = rulesOver(new Counts().encode(), ["web/0", "web/1"]);
    await Promise.all([visits, { ...visits, name: "also" }].map((rule) => rules.sumsOf(rule, range)));
    assert.deepEqual(asked, ["list", "read", "read"]);
  });

  it("is waited for where it is counted, and how far that is asked once", async () => {
    const { rules, asked } = rulesOver(new Counts().encode(), ["web/0"]);
    const [first] = await Promise.all([rules.awaitedBy(visits), rules.awaitedBy(visits)]);
    assert.deepEqual([first?.map(({ id }) => id), asked], [["web/0"], ["list", "account"]]);
  });
});
