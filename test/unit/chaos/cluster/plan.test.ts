import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planOf, TORMENTS } from "../../../chaos/cluster/plan.ts";

const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

describe("the plan of a run of chaos", () => {
  it("is the same for the same seed", () => {
    for (const seed of SEEDS) assert.deepEqual(planOf(seed), planOf(seed));
  });

  it("has everything that may go wrong in 200 seeds", () => {
    const names = new Set(SEEDS.flatMap((seed) => planOf(seed).torments.map(({ name }) => name)));
    assert.deepEqual([...names].toSorted(), Object.keys(TORMENTS).toSorted());
  });

  it("asks for replicas where a failover would lose what only the primary has", () => {
    const all = SEEDS.map((seed) => planOf(seed));
    const lossy = all.filter(({ torments }) => torments.some(({ name }) => name === "failOver"));
    assert.ok(lossy.length > 0);
    for (const { tallies } of lossy) assert.equal(tallies.durability, "replicated");
  });

  it("keeps to the rows that are asked for", () => {
    for (const seed of SEEDS) {
      for (const { name } of planOf(seed, ["R4", "R7"]).torments) {
        assert.match(TORMENTS[name]?.row ?? "", /^R[47]$/);
      }
    }
  });
});
