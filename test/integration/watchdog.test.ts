import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Quarantined } from "../../runtime/kernel/quarantine.ts";
import type { Stall } from "../../runtime/kernel/stall-log.ts";
import type { Block } from "../../runtime/supervision/watchdog/block.ts";
import { workplace } from "../support/node-process.ts";
import type { Workplace } from "../support/node-process.ts";

const PROCESS = fileURLToPath(new URL("../support/blocked-process.js", import.meta.url));
const THRESHOLD_MS = 300;
/** How much later than its threshold a block may be named. */
const NAMED_WITHIN_MS = 250;

let place: Workplace;
before(() => {
  place = workplace();
});
after(() => place.remove());

interface Report {
  readonly stalls: Stall[];
  readonly held: Quarantined[];
}

/** Starts a process that blocks itself in the way and for the time given. */
function start(how: string, forMs: number, killAfterMs = 0): ChildProcess {
  const words = [PROCESS, place.folder, how, String(forMs), String(killAfterMs)];
  return spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
}

async function reportOf(child: ChildProcess): Promise<Report> {
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  await once(child, "close");
  return JSON.parse(output.split("\n").find((line) => line.startsWith("{")) ?? "{}") as Report;
}

/** What the latest process has written down. */
function blocks(): Block[] {
  const path = join(place.folder, "blocks.jsonl");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Block);
}

describe("a blocked event loop", () => {
  it("is named with actor, message kind and stack while it is blocked, and stands among the stalls after", async () => {
    const { stalls } = await reportOf(start("loop", 1_500));
    const [block] = blocks();
    assert.equal(block?.flight?.path, "/holder");
    assert.equal(block?.flight?.kind, "loop");
    assert.equal(block?.flight?.message, JSON.stringify({ kind: "loop", forMs: 1_500, poison: "p-1" }));
    assert.match(block?.stack[0] ?? "", /^holdTheLoop \(file:.*blocked-process\.js:\d+\)$/);
    assert.ok(
      (block?.namedAfterMs ?? Infinity) <= THRESHOLD_MS + NAMED_WITHIN_MS,
      `${block?.namedAfterMs} ms`,
    );
    assert.equal(stalls[0]?.silence, "loop");
    assert.equal(stalls[0]?.path, "/holder");
  });

  it("is found in a storm of microtasks too, by its stack", async () => {
    await reportOf(start("storm", 1_200));
    assert.match(blocks().at(-1)?.stack.join("\n") ?? "", /microtask|storm/);
  });

  it("is not claimed of a process that only waits", async () => {
    const { stalls } = await reportOf(start("quiet", 1_000));
    assert.deepEqual(stalls, []);
    assert.deepEqual(blocks(), []);
  });

  it("is not claimed of a process that was stopped by a signal", async () => {
    const child = start("quiet", 2_500);
    const report = reportOf(child);
    await once(child.stdout ?? child, "data");
    child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    child.kill("SIGCONT");
    const { stalls } = await report;
    assert.deepEqual(stalls, []);
    assert.deepEqual(blocks(), []);
  });

  it("that never ends costs its process the life, and the next one quarantines the message", async () => {
    const child = start("loop", 60_000, 700);
    const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    assert.equal(signal, "SIGKILL");
    const { held } = await reportOf(start("quiet", 100));
    assert.equal(held.length, 1, "once, and not once for each start");
    assert.equal(held[0]?.path, "/holder");
    assert.equal(held[0]?.handler, "holder.loop");
    assert.deepEqual(held[0]?.message, { kind: "loop", forMs: 60_000, poison: "p-1" });
    const again = await reportOf(start("quiet", 100));
    assert.deepEqual(again.held, []);
  });
});
