import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import type { Benchmark } from "../../bench/benchmark.ts";
import { writeReadmeTables } from "../../bench/readme-table.ts";
import { keepResult } from "../../bench/result.ts";

const BENCH: Benchmark = {
  name: "hare",
  peers: ["tortoise"],
  parts: [
    {
      name: "race",
      contenders: {},
      rounds: { quick: 1, full: 1 },
      figures: {
        vsTortoise: {
          kind: "ratio",
          means: { en: "how much faster", zh: "快多少" },
          target: { atLeast: 2 },
          of: () => 0,
        },
        hops: { kind: "value", means: { en: "hops", zh: "跳数" }, of: () => 0 },
      },
    },
  ],
};

const RESULT = {
  bench: "hare",
  node: "v20.0.0",
  cpus: 2,
  quick: false,
  ratios: { vsTortoise: 3.5 },
  values: {},
  peers: { tortoise: "1.0.0" },
  machine: { node: "v20.0.0", v8: "11", os: "Linux 6", cpu: "Abacus", cpus: 2, memoryGb: 4 },
  measured: {},
};

function projectWith(readme: string, context: TestContext): URL {
  const folder = mkdtempSync(join(tmpdir(), "banyan-table-"));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const file of ["README.md", "README.zh-CN.md"]) writeFileSync(join(folder, file), readme);
  return pathToFileURL(`${folder}/`);
}

describe("the table of results in the READMEs", () => {
  it("replaces what stands between its marks, in both languages, and nothing else", async (context) => {
    const root = projectWith("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n", context);
    await keepResult(RESULT, root);
    await writeReadmeTables([BENCH], root);
    await writeReadmeTables([BENCH], root);
    assert.equal(
      readFileSync(new URL("README.md", root), "utf8"),
      `before
<!-- bench -->

| Benchmark | Figure | Result | Aim | What it says |
| --- | --- | ---: | ---: | --- |
| hare | \`vsTortoise\` | 3.5 × | ≥ 2 | how much faster |

- \`hare\` against tortoise 1.0.0: Node v20.0.0, 2 × Abacus, 4 GB, Linux 6

<!-- /bench -->
after
`,
    );
    assert.match(readFileSync(new URL("README.zh-CN.md", root), "utf8"), /\| 3\.5 × \| ≥ 2 \| 快多少 \|/);
  });

  it("refuses a README that has no place for it", async (context) => {
    const root = projectWith("nothing here\n", context);
    await assert.rejects(
      writeReadmeTables([BENCH], root),
      /README\.md has no <!-- bench --> … <!-- \/bench -->/,
    );
  });
});
