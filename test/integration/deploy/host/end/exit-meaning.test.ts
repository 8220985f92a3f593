import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fatalBlockOf, oomKills } from "../../../../../deploy/host/end/exit-evidence.ts";
import { exitMeaning } from "../../../../../deploy/host/end/exit-meaning.ts";
import type { ExitKind } from "../../../../../deploy/host/end/exit-meaning.ts";
import { banyan, workplace } from "../../../../support/node-process.ts";
import type { Workplace } from "../../../../support/node-process.ts";
import { fileURLToPath } from "node:url";

const BLOCKED = fileURLToPath(new URL("../../../../support/blocked-process.js", import.meta.url));

let place: Workplace;
before(() => {
  place = workplace();
});
after(() => place.remove());

/** Waits for the real end of a process and judges it as a host would. */
async function judge(child: ChildProcess) {
  let lastWords = "";
  child.stderr
    ?.setEncoding("utf8")
    .on("data", (text: string) => (lastWords = (lastWords + text).slice(-4_096)));
  const oomBefore = oomKills();
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  const pid = child.pid ?? 0;
  const oomAfter = oomKills();
  return exitMeaning({
    pid,
    code,
    signal,
    lastWords,
    block: fatalBlockOf(place.folder, pid),
    oomKills: oomAfter === undefined ? undefined : oomAfter - (oomBefore ?? 0),
  });
}

function node(...words: string[]): ChildProcess {
  // A core file of each crash would litter the machine.
  return spawn("sh", ["-c", 'ulimit -c 0; exec "$@"', "sh", process.execPath, ...words], {
    cwd: place.folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

const IDLE = "setInterval(() => undefined, 1_000)";
/** Heap that nothing can collect, in a heap that is small. */
const LEAK = "const held = []; for (;;) held.push(new Array(10_000).fill({ a: 1 }).map((x) => ({ ...x })))";

const ends: readonly (readonly [string, string[], ExitKind, RegExp])[] = [
  ["an end that nobody asked for", ["-e", "0"], "unexpectedEnd", /^ended with 0, and this host/],
  ["a throw", ["-e", "throw new TypeError('no room')"], "crashed", /an error that nothing handled/],
  ["a rejection", ["-e", "Promise.reject(new Error('no'))"], "crashed", /an error that nothing handled/],
  [
    "a throw in the last handler",
    ["-e", "process.on('uncaughtException', () => { throw 1 }); throw 2"],
    "crashed",
    /^ended with 7: the handler of uncaught errors threw/,
  ],
  ["an option that Node does not know", ["--no-such-option"], "refused", /^ended with 9: Node does not know/],
  [
    "a module that waits for ever",
    ["--input-type=module", "-e", "await new Promise(() => undefined)"],
    "unexpectedEnd",
    /^ended with 13: .* still awaited something/,
  ],
  ["a code of its own", ["-e", "process.exit(42)"], "unexpectedEnd", /^ended with 42: code called/],
  ["an abort", ["-e", "process.abort()"], "crashed", /^was ended by SIGABRT/],
  ["a full heap", ["--max-old-space-size=16", "-e", LEAK], "outOfMemory", /V8 had no heap left$/],
];

describe("how a real process ended", () => {
  for (const [name, words, kind, text] of ends) {
    it(`is told of ${name}: ${kind}`, async () => {
      const meaning = await judge(node(...words));
      assert.match(meaning.text, text);
      assert.equal(meaning.kind, kind);
    });
  }

  it("repeats the error that it died of", async () => {
    writeFileSync(join(place.folder, "bad.mjs"), "throw new TypeError('no room')");
    const { advice } = await judge(node("bad.mjs"));
    assert.match(advice ?? "", /its last words: TypeError: no room$/);
  });

  for (const signal of ["SIGKILL", "SIGTERM", "SIGSEGV"] as const) {
    it(`is told of ${signal}`, async () => {
      const child = node("-e", `process.stderr.write("ready"); ${IDLE}`);
      const meaning = judge(child);
      await once(child.stderr ?? child, "data");
      child.kill(signal);
      const { kind, text, advice } = await meaning;
      assert.equal(kind, signal === "SIGSEGV" ? "crashed" : "killed");
      assert.ok(text.includes(signal), text);
      const isKnownNotToBeTheKernel = oomKills() !== undefined && signal === "SIGKILL";
      if (isKnownNotToBeTheKernel) assert.match(advice ?? "", /the kernel had memory left/);
    });
  }

  it("is told of a loop that its watchdog killed it for, with actor and place", async () => {
    const child = spawn(process.execPath, [BLOCKED, place.folder, "loop", "60000", "700"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const { kind, text } = await judge(child);
    assert.equal(kind, "blockedLoop");
    // Which function of the loop is named is chance.
    const held =
      /killed by its watchdog: \/holder on loop held the event loop, at (holdTheLoop|isToBlock|isNamed) /;
    assert.match(text, held);
  });

  it("is told of our own refusals", async () => {
    const wrongWord = await banyan(place.folder, ["start", "--no-such-flag"]);
    assert.equal(exitMeaning({ pid: 1, ...wrongWord }).text, "ended with 2: the command line makes no sense");
    const wrongSetting = await banyan(place.folder, ["start", "--set", "limits.burst=-1"]);
    const { kind, text, advice } = exitMeaning({ pid: 1, ...wrongSetting, lastWords: wrongSetting.stderr });
    assert.equal(kind, "refused");
    assert.match(text, /^ended with 78: the settings/);
    assert.match(advice ?? "", /its last words: banyan: the settings are refused/);
  });
});
