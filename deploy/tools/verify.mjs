/**
 * The whole gate in order, stopping at the first failure: `verify.mjs`, or one suite of it: `verify.mjs unit [words of file names]`.
 * The last line of the output is `N passed, N failed`, summed over all suites; a step that is no suite counts as one failure when it fails.
 */
import { build, checkPageTypes } from "./build.mjs";
import { checkNode, install } from "./install.mjs";
import { ensurePrograms } from "./programs.mjs";
import { Refusal, runTool } from "./project.mjs";
import { runCommand, runFiles, runUnits } from "./suite.mjs";

const STEPS = [
  { name: "prepare", run: prepare },
  { name: "format", run: () => runCommand(["node_modules/oxfmt/bin/oxfmt", "--check", "."]) },
  { name: "lint", run: () => runCommand(["node_modules/oxlint/bin/oxlint"]) },
  { name: "knip", run: () => runCommand(["node_modules/knip/bin/knip.js"]) },
  { name: "types", run: compile },
  { name: "unit", suite: true, run: (words) => runUnits(words, 2) },
  { name: "contract", suite: true, run: (words) => runFiles("contract", { words, processes: 3 }) },
  // More hosts at once than two would starve each other on a small machine, unless they mostly wait.
  {
    name: "integration",
    suite: true,
    run: (words) => runFiles("integration", { words, processes: 2, besides: 1 }),
  },
  { name: "browser", suite: true, run: (words) => runFiles("browser", { words, processes: 1 }) },
  { name: "chaos", suite: true, run: (words) => runFiles("chaos", { words, processes: 1 }) },
];

const [suite, ...fileWords] = process.argv.slice(2);
await runTool(() => (suite === undefined ? runAll() : runOne(suite, fileWords)));

async function runAll() {
  const total = { passed: 0, failed: 0 };
  for (const step of STEPS) {
    const { passed, failed } = await timed(step, []);
    total.passed += passed;
    total.failed += failed;
    if (failed > 0) break;
  }
  conclude(total);
}

async function runOne(name, words) {
  const step = STEPS.find((candidate) => candidate.suite && candidate.name === name);
  if (!step) throw new Refusal(`There is no suite "${name}".`);
  checkNode();
  install();
  await build();
  conclude(await timed(step, words));
}

/** Runs a step and prints how long it took; a step that throws a refusal has failed once. */
async function timed(step, words) {
  const startedAtMs = performance.now();
  console.log(`\n── ${step.name}`);
  let counts;
  try {
    counts = (await step.run(words)) ?? { passed: 0, failed: 0 };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.log(error.message);
    counts = { passed: 0, failed: 1 };
  }
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const tests = step.suite ? `, ${counts.passed} passed, ${counts.failed} failed` : "";
  console.log(`── ${step.name} ${counts.failed === 0 ? "ok" : "FAILED"} in ${seconds} s${tests}`);
  return counts;
}

function conclude({ passed, failed }) {
  console.log(`\n${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

function prepare() {
  checkNode();
  ensurePrograms();
  install();
}

async function compile() {
  await build();
  checkPageTypes();
}
