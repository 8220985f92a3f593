import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { chaosLogs } from "./chaos-logs.ts";
import { KEPT_FILE_SEEDS } from "./kept-log-seeds.ts";
import type { LogPlan } from "./log-plan.ts";
import { LogWorld } from "./log-world.ts";
import { runLogSeed } from "./run-log-seed.ts";
import type { LogRunOptions } from "./run-log-seed.ts";

/** New seeds of each run of the gate. */
const SEEDS = 50;
const LANES = 2;
/** By then it would have been read. */
const READ_WITHIN_MS = 1_500;

/** A run without any trouble of its own. */
const PLAN: LogPlan = {
  seed: 1,
  kind: "sls",
  shards: 1,
  inOrder: false,
  loadMs: 700,
  everyMs: 8,
  skewMs: 0,
  torments: [],
  isGrouped: false,
  isKilledAtEnd: false,
};
const KILLED = [{ name: "killed", afterMs: 500 }];

/** What a bug has to bring about, and what has to happen for that. */
interface PlantedBug {
  readonly plan?: Partial<LogPlan>;
  readonly options: LogRunOptions;
  readonly found: RegExp;
}

const PLANTED: Readonly<Record<string, PlantedBug>> = {
  "records that were read and have no fate": {
    options: { bug: "miscounts" },
    found: /^L1 app.0: \d+ were read/,
  },
  "batches that are acknowledged and not stored": {
    plan: { torments: KILLED },
    options: { bug: "forgetful" },
    found: /^L2 app.0 went back/,
  },
  "batches that are stored twice": {
    plan: { torments: KILLED },
    options: { bug: "twice" },
    found: /^L3 app.0: \d+ counted, and it has to be/,
  },
  "counts that are lost while their cursor is stored": {
    plan: { torments: KILLED },
    options: { bug: "halfBatch" },
    found: /^L4 app.0: \w+ \d+ .* is \d+, not \d+/,
  },
  "counts that read back as something else": {
    plan: { isKilledAtEnd: true },
    options: { bug: "halfBatch" },
    found: /^L5 app.0: .* read back as something else/,
  },
  "a reader that leaves out what it could still read when its place is too old": {
    plan: { torments: [{ name: "retentionWhileFrozen", afterMs: 300 }] },
    options: { beginsAtEnd: true },
    found: /^L[34] app.0: /,
  },
  "children of a split that do not wait for their parent": {
    plan: {
      kind: "storm",
      inOrder: true,
      torments: [
        { name: "storm", afterMs: 200 },
        { name: "delays", afterMs: 2_500 },
      ],
    },
    options: {
      isUnordered: true,
      // Nothing is read of the parent, so that its children are seen to be ahead of it.
      atFirst: ({ server: { faults } }) => faults.add({ kind: "hang", call: "pull", shard: 0, times: 1_000 }),
    },
    found: /^L6 app.\d+ was read before those before it/,
  },
  "a shard that is never read again": {
    options: {
      readWithinMs: READ_WITHIN_MS,
      atLast: ({ server }) => {
        server.faults.add({ kind: "hang", call: "pull", times: 1_000 });
        server.store
          .logstores("shop")
          .forEach((logstore) => logstore.append(logstore.shard(0), Buffer.alloc(0)));
      },
    },
    found: /^L7 not read to the end/,
  },
};

describe("chaos of logs with real processes", { timeout: 300_000 }, () => {
  it("counts exactly what was put, and what was read has one fate at every moment, whatever goes wrong", async () => {
    const first = Math.trunc(Math.random() * 2 ** 31);
    const fresh = Array.from({ length: SEEDS }, (_, index) => first + index);
    const kept = Object.keys(KEPT_FILE_SEEDS).map(Number);
    const say = (text: string): void => void process.stdout.write(`chaos of logs: ${text}\n`);
    const ofFiles = await chaosLogs({ seeds: kept, kinds: ["file"], lanes: LANES, say });
    const ofAll = await chaosLogs({ seeds: fresh, lanes: LANES, say });
    assert.deepEqual(
      [...ofFiles.failed, ...ofAll.failed].map(({ seed, kind, torments, problems }) => [
        seed,
        kind,
        torments,
        problems,
      ]),
      [],
      `${ofFiles.summary}\n${ofAll.summary}`,
    );
    assert.equal(ofFiles.passed + ofAll.passed, kept.length + SEEDS);
  });

  describe("would show", () => {
    let world: LogWorld;
    before(async () => void (world = await LogWorld.start()));
    after(() => world.stop());

    for (const [index, [name, { plan, options, found }]] of Object.entries(PLANTED).entries()) {
      it(name, async () => {
        const { problems } = await runLogSeed(world, { ...PLAN, seed: index, ...plan }, options);
        assert.ok(
          problems.some((problem) => found.test(problem)),
          problems.slice(0, 5).join("\n"),
        );
      });
    }
  });
});
