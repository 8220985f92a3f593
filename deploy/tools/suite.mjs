/** Runs the steps of the gate as child processes and counts what node:test reports. */
import { spawn } from "node:child_process";
import { filesBelow, Refusal, ROOT, say } from "./project.mjs";

/** Far more than a suite takes: what hangs is ended by the limit of its file, and a machine may be slow. */
const SUITE_LIMIT_MS = 30 * 60_000;
/** One file of an integration suite; a test that hangs must not hold the gate until the suite's limit. */
const FILE_LIMIT_MS = 6 * 60_000;
/** Ends the gate as it would without a handler. */
const STOP_SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
const UNIT_RUNNER = "dist/test/support/run-unit.js";
const NODE_TEST = ["--enable-source-maps", "--test-reporter=spec"];

/** Runs a checker with Node and shows what it says; a failure refuses the step. */
export async function runCommand(nodeArguments) {
  const { code } = await runNode(nodeArguments);
  if (code !== 0) throw new Refusal(`${nodeArguments[0].split("/").at(-1)} found something, see above.`);
}

/**
 * Runs one folder of compiled tests: unit tests all in one process, the other suites a process for each file.
 * `words` narrows it to the files whose path contains one of them.
 */
export async function runSuite(suite, { words, processes }) {
  const { code, output } = await runNode(
    processes === undefined
      ? [...NODE_TEST, UNIT_RUNNER, ...words]
      : [...NODE_TEST, ...processOptions(processes), ...testFiles(suite, words)],
  );
  return countTests(output, code);
}

function processOptions(processes) {
  return ["--test", `--test-concurrency=${processes}`, `--test-timeout=${FILE_LIMIT_MS}`];
}

function testFiles(suite, words) {
  const files = filesBelow(`dist/test/${suite}`).filter((file) => file.endsWith(".test.js"));
  const wanted =
    words.length === 0 ? files : files.filter((file) => words.some((word) => file.includes(word)));
  if (wanted.length === 0) throw new Refusal(`There is no test file in test/${suite}/.`);
  return wanted;
}

/** A skipped test proves nothing, so it fails the gate; so does a process that ends badly with all tests green. */
function countTests(output, code) {
  const passed = reported(output, "pass");
  const failed = reported(output, "fail") + reported(output, "cancelled");
  const skipped = reported(output, "skipped");
  if (skipped > 0) say(`${skipped} skipped: a test that cannot run must fail and say what it needs.`);
  if (passed + failed === 0) say("no test has run.");
  const sound = code === 0 && skipped === 0 && passed > 0;
  return { passed, failed: failed + skipped || (sound ? 0 : 1) };
}

/** The number behind a word of node:test's closing summary. */
function reported(output, word) {
  const lines = output.match(new RegExp(`^ℹ ${word} \\d+$`, "gm")) ?? [];
  return Number(lines.at(-1)?.split(" ").at(-1) ?? 0);
}

/**
 * Runs Node in the project, passes its output on as it comes, and keeps it. It leads a group of processes that goes with it, however it ends: a server that a test has left
 * behind would take the processor from the next suite.
 */
function runNode(nodeArguments) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, nodeArguments, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const endGroup = () => killGroup(child.pid);
    const limit = setTimeout(() => {
      say(`stopped after ${SUITE_LIMIT_MS / 60_000} minutes.`);
      endGroup();
    }, SUITE_LIMIT_MS);
    const stops = Object.entries(STOP_SIGNALS).map(([signal, code]) => [
      signal,
      () => {
        endGroup();
        process.exit(code);
      },
    ]);
    for (const [signal, stop] of stops) process.on(signal, stop);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      process.stdout.write(text);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(limit);
      for (const [signal, stop] of stops) process.off(signal, stop);
      endGroup();
      resolve({ code, output });
    });
  });
}

function killGroup(leader) {
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    // Nobody is left.
    if (error.code !== "ESRCH") throw error;
  }
}
