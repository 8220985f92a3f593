import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { KEPT_SEEDS } from "./kept-seeds.ts";
import type { Bug } from "./node-words.ts";
import { planOf } from "./plan.ts";
import type { Plan } from "./plan.ts";
import { runSeed } from "./run-seed.ts";
import { World } from "./world.ts";

/** New seeds of each run of the gate. */
const SEEDS = 2;

/** What a bug has to bring about, and what has to happen for that. */
interface Planted {
  readonly bug: Bug;
  readonly torments: readonly string[];
  readonly found: RegExp;
}

const PLANTED: Readonly<Record<string, Planted>> = {
  "a journal that says it has stored what it has not": {
    bug: "forgetful",
    torments: [],
    found: /^I2 .* was acknowledged and is not stored/,
  },
  "a network in which messages overtake each other": {
    bug: "overtaking",
    torments: [],
    found: /^I3 .* is stored after/,
  },
  "a network that swallows messages without a word": {
    bug: "swallowing",
    torments: [],
    found: /^I4 .* messages have vanished/,
  },
  "an owner that writes on after another has taken its place": {
    bug: "unfenced",
    torments: ["pausedOverTheTakeover"],
    found: /^I1 .* is of epoch/,
  },
  "a cluster in which nobody takes over what a dead node had": {
    bug: "neverAgain",
    torments: ["killed"],
    found: /^I5 .* does not reach/,
  },
};

describe("chaos in a cluster of real processes", { timeout: 200_000 }, () => {
  let world: World;
  before(async () => void (world = await World.start()));
  after(() => world.stop());

  it("loses nothing, doubles nothing, and is over when nothing is wrong any more", async () => {
    const first = Math.trunc(Math.random() * 2 ** 31);
    const fresh = Array.from({ length: SEEDS }, (_, index) => first + index);
    for (const seed of [...Object.keys(KEPT_SEEDS).map(Number), ...fresh]) {
      const plan = sharedPlan(seed);
      const names = plan.torments.map(({ name }) => name).join(", ");
      process.stdout.write(`chaos: seed ${seed}: ${names}\n`);
      const { problems } = await runSeed(world, plan);
      assert.deepEqual(problems, [], `seed ${seed}: ${names}`);
    }
  });

  for (const [index, [name, { bug, torments, found }]] of Object.entries(PLANTED).entries()) {
    it(`would show ${name}`, async () => {
      const { problems } = await runSeed(world, shortPlan(index, torments), bug);
      assert.ok(
        problems.some((problem) => found.test(problem)),
        problems.slice(0, 5).join("\n"),
      );
    });
  }
});

/** All seeds of the gate share a world: none of them loses all of it. */
function sharedPlan(seed: number): Plan {
  for (let other = seed; ; other += 2 ** 31) {
    const plan = planOf(other);
    if (!plan.losesAll) return plan;
  }
}

function shortPlan(seed: number, torments: readonly string[]): Plan {
  return {
    ...planOf(seed),
    torments: torments.map((name) => ({ name, afterMs: 200 })),
    loadMs: 1_200,
    everyMs: 10,
    losesAll: false,
    askWithinMs: 700,
    recoveredWithinMs: 1_500,
  };
}
