import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Tallies } from "../../../../../actors/logs/puller/tallies.ts";
import { metricSet } from "../../../../../runtime/counting/metric-set.ts";

describe("the tallies of a node", () => {
  it("are one for each source, whoever reads it", () => {
    const asked: string[] = [];
    const tallies = new Tallies((source) => {
      asked.push(source);
      return metricSet([], source);
    });
    assert.equal(tallies.of("shop"), tallies.of("shop"));
    assert.notEqual(tallies.of("shop"), tallies.of("bank"));
    assert.deepEqual(asked, ["shop", "bank"]);
  });
});
