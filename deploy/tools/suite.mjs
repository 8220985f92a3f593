/** Runs the steps of the gate as child processes and counts what node:test reports. */
import { runChild } from "./child.mjs";
import { filesBelow, Refusal, say } from "./project.mjs";
import { LONGEST, WAITING } from "./suite-order.mjs";

/** One process of a suite, far more than it takes; one that hangs must not hold the gate for ever. */
const PROCESS_LIMIT_MS = 6 * 60_000;
/** More than processes, so that none of them runs on alone for long. */
const UNIT_PARTS = 4;
const UNIT_RUNNER = "dist/test/support/run-unit.js";
/** What node:test says in the end, a line each; the gate says it for the whole suite. */
const SUMMARY = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+\n/gm;
const FAILURES = "✖ failing tests:\n";
const NODE_TEST = ["--enable-source-maps", "--test-reporter=spec"];

/** Runs a checker with Node and shows what it says; a failure refuses the step. */
export async function runCommand(nodeArguments) {
  const { code, output } = await runChild(nodeArguments, PROCESS_LIMIT_MS);
  process.stdout.write(output);
  if (code !== 0) throw new Refusal(`${nodeArguments[0].split("/").at(-1)} found something, see above.`);
}

/** Runs the unit tests, none of which needs a process of its own, in a few: so many at once, each with a part of them. */
export function runUnits(words, processes) {
  const parts = words.length === 0 ? Math.min(UNIT_PARTS, testFiles("unit", words).length) : 1;
  const jobs = Array.from({ length: parts }, (_, index) => {
    const part = `--part=${index + 1}/${parts}`;
    return { name: `unit ${part}`, words: [UNIT_RUNNER, part, ...words] };
  });
  return runJobs(jobs, Array(processes).fill(any));
}

/**
 * Runs one folder of compiled tests, a process for each file, so many at once; `besides` more may run of those that
 * mostly wait. `words` narrows it to the files whose path contains one of them.
 */
export function runFiles(suite, { words, processes, besides = 0 }) {
  const files = testFiles(suite, words).toSorted((a, b) => rank(a) - rank(b));
  return runJobs(
    files.map((file) => ({ name: file, words: [file] })),
    [...Array(processes).fill(any), ...Array(besides).fill(waits)],
  );
}

function testFiles(suite, words) {
  const files = filesBelow(`dist/test/${suite}`).filter((file) => file.endsWith(".test.js"));
  const wanted =
    words.length === 0 ? files : files.filter((file) => words.some((word) => file.includes(word)));
  if (wanted.length === 0) throw new Refusal(`There is no test file in test/${suite}/.`);
  return wanted;
}

/** The longest begin first, so that none of them runs on alone in the end; those that wait stand behind all others. */
function rank(file) {
  const [place, placeAmongWaiting] = [LONGEST, WAITING].map((names) => placeOf(file, names));
  return placeAmongWaiting < WAITING.length ? LONGEST.length + 1 + placeAmongWaiting : place;
}

/** Behind all names when it is none of them. */
function placeOf(file, names) {
  const place = names.findIndex((name) => file.endsWith(`/${name}.test.js`));
  return place < 0 ? names.length : place;
}

function any() {
  return true;
}

function waits({ name }) {
  return placeOf(name, WAITING) < WAITING.length;
}

/** Runs all jobs; each lane takes the first one that it may. */
async function runJobs(jobs, lanes) {
  const total = { passed: 0, failed: 0 };
  const broken = [];
  const run = async (mayTake) => {
    for (let index = jobs.findIndex(mayTake); index >= 0; index = jobs.findIndex(mayTake)) {
      const [job] = jobs.splice(index, 1);
      const { passed, failed, failures } = await runJob(job);
      total.passed += passed;
      total.failed += failed;
      if (failed > 0) broken.push({ name: job.name, failures });
    }
  };
  await Promise.all(lanes.map(run));
  for (const { name, failures } of broken) say(`${name} has failed${failures}`);
  return total;
}

async function runJob({ name, words }) {
  const startedAtMs = performance.now();
  const { code, output } = await runChild([...NODE_TEST, ...words], PROCESS_LIMIT_MS);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  process.stdout.write(`${output.replaceAll(SUMMARY, "")}${name}: ${seconds} s\n`);
  return { ...countTests(output, code), failures: failuresIn(output) };
}

/** What node:test says last of those that failed. It is said once more in the end, where whoever sees only that looks for it. */
function failuresIn(output) {
  const at = output.lastIndexOf(FAILURES);
  return at < 0 ? ", see above." : `:\n${output.slice(at + FAILURES.length).trim()}`;
}

/** A skipped test proves nothing, so it fails the gate; so does a process that ends badly with all tests green. */
function countTests(output, code) {
  const passed = reported(output, "pass");
  const failed = reported(output, "fail") + reported(output, "cancelled");
  const skipped = reported(output, "skipped");
  if (skipped > 0) say(`${skipped} skipped: a test that cannot run must fail and say what it needs.`);
  if (passed + failed === 0) say("no test has run.");
  const isSound = code === 0 && skipped === 0 && passed > 0;
  return { passed, failed: failed + skipped || (isSound ? 0 : 1) };
}

/** The number behind a word of node:test's closing summary. */
function reported(output, word) {
  const lines = output.match(new RegExp(`^ℹ ${word} \\d+$`, "gm")) ?? [];
  return Number(lines.at(-1)?.split(" ").at(-1) ?? 0);
}
