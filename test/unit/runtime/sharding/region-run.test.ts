import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkHistory, CLOCKS, MOVES, RegionRun, TROUBLE } from "../../../support/region-run.ts";
import type { RunRules } from "../../../support/region-run.ts";

/** Runs of each kind, each from a seed of its own. */
const SEEDS = Array.from({ length: 3 }, (_, index) => index + 1);

describe("entities that many nodes write to", () => {
  it("keep everything, in order, while nodes come and leave", async () => {
    for (const seed of SEEDS) {
      const run = await runOf(seed, MOVES);
      run.checkAllArrived();
    }
  });

  it("have one owner at a time and lose nothing that was acknowledged, whatever happens to the nodes", async () => {
    for (const seed of SEEDS) await runOf(seed, TROUBLE);
  });

  it("are safe by the fence of the store alone when machines are suspended and their clocks are set", async () => {
    for (const seed of SEEDS) await runOf(seed, CLOCKS);
  });

  it("survive the schedules that once broke them", async () => {
    for (const seed of [22, 55, 349, 588, 863, 1_059, 1_127]) await runOf(seed, TROUBLE);
  });
});

describe("the checks of such a run", () => {
  it("see an owner that stores after a later one", () => {
    const early = { ownerEpoch: 1, incarnation: "a/1" };
    const late = { ownerEpoch: 2, incarnation: "b/1" };
    const history = (...owners: (typeof early)[]) =>
      owners.map((owner, index) => ({ owner, version: index + 1 }));
    checkHistory("r1", history(early, late, late));
    assert.throws(() => checkHistory("r1", history(early, late, early)), /epoch 1 stored after 2/);
    assert.throws(() => checkHistory("r1", history(early, { ...early, incarnation: "b/1" })), /two owners/);
    assert.throws(() => checkHistory("r1", history(early, early).slice(1)), /version 2/);
  });

  it("see an acknowledgement for what is not stored", async () => {
    const run = new RegionRun(1, MOVES);
    run.world.journal.losesOneIn = 40;
    await run.run();
    assert.throws(() => run.checkAcknowledged(), /was acknowledged/);
  });

  it("see a network that lets messages overtake each other", async () => {
    const run = new RegionRun(1, MOVES, { isShuffling: true });
    await run.run();
    assert.throws(() => run.checkOrder(), /came after/);
  });

  it("see a message that vanished without being counted", async () => {
    const run = await runOf(1, TROUBLE);
    for (let lost = 0; lost < 1_000; lost++) run.told.push({ id: "r0", note: `nobody:${lost}` });
    assert.throws(() => run.checkCounted(), /are missing/);
  });
});

async function runOf(seed: number, rules: RunRules): Promise<RegionRun> {
  const run = new RegionRun(seed, rules);
  try {
    await run.run();
    run.checkOwners();
    run.checkAcknowledged();
    // What waited in a machine that was suspended may come late: its lease looks as good as before, so nothing but the store stops it.
    if (rules.suspend === 0) run.checkOrder();
    run.checkCounted();
  } catch (error) {
    const name = new Map([
      [MOVES, "moves"],
      [TROUBLE, "trouble"],
    ]).get(rules);
    throw new Error(`seed ${seed} of ${name ?? "clocks"}`, { cause: error });
  }
  return run;
}
