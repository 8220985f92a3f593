import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Quarantined } from "../../runtime/kernel/quarantine.ts";
import type { Stall } from "../../runtime/kernel/stall-log.ts";
import type { Block } from "../../runtime/supervision/watchdog/block.ts";
import { workplace } from "../support/node-process.ts";
import type { Workplace } from "../support/node-process.ts";

const PROCESS = fileURLToPath(new URL("../support/blocked-process.js", import.meta.url));

/** Of the program, and not of Node although that is what it calls. */
const OWN_FRAME = / \(file:.*blocked-process\.js:\d+\)$/;

let place: Workplace;
beforeEach(() => {
  place = workplace();
});
afterEach(() => place.remove());

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

/** What processes have written down in this test. */
function blocks(): Block[] {
  const path = join(place.folder, "blocks.jsonl");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Block);
}

/** The block that was brought about in some way; a busy machine may have had others. */
function blockOf(how: string): Block | undefined {
  return blocks().find(({ flight, stack }) => {
    return flight?.kind === how || stack.some((frame) => frame.startsWith(`${how} (`));
  });
}

describe("a blocked event loop", () => {
  it("is named with actor, message kind and stack while it is blocked, and stands among the stalls after", async () => {
    const { stalls } = await reportOf(start("loop", 500));
    const block = blockOf("loop");
    assert.equal(block?.flight?.path, "/holder");
    assert.equal(block?.flight?.kind, "loop");
    assert.equal(block?.flight?.message, JSON.stringify({ kind: "loop", forMs: 500, poison: "p-1" }));
    assert.equal(block?.kind, "held");
    assert.match(block?.at ?? "", OWN_FRAME);
    assert.match(
      block?.stack.join("\n") ?? "",
      /^holdTheLoop .*blocked-process/m,
      "the whole stack is kept too",
    );
    const stall = stalls.find(({ path }) => path === "/holder");
    assert.equal(stall?.silence, "loop");
    assert.match(stall?.note ?? "", OWN_FRAME);
  });

  for (const how of ["storm", "tickStorm"]) {
    it(`is told from a ${how}, in which many short calls keep timers and I/O waiting`, async () => {
      await reportOf(start(how, 500));
      const block = blockOf(how);
      assert.equal(block?.kind, "storm");
      assert.match(block?.stack.join("\n") ?? "", /blocked-process\.js/);
      assert.equal(block?.seenAt.length, 3);
    });
  }

  it("is not taken for a storm when one call does many things, also after an await", async () => {
    await reportOf(start("lateLoop", 500));
    assert.equal(blockOf("lateLoop")?.kind, "held");
  });

  it("that waits for native code is named by who called it, once that returns", async () => {
    await reportOf(start("native", 500));
    const block = blockOf("native");
    assert.equal(block?.flight?.path, "/holder");
    assert.match(block?.at ?? "", /^waitNatively /);
  });

  it("that was expected is nobody's fault, however long it is", async () => {
    const { stalls } = await reportOf(start("expected", 2_000, 1_000));
    assert.deepEqual(stalls, []);
    assert.deepEqual(blocks(), []);
  });

  it("that is longer than was expected is one", async () => {
    await reportOf(start("tooLong", 500));
    const block = blockOf("tooLong");
    assert.equal(block?.flight?.path, "/holder");
    assert.ok((block?.namedAfterMs ?? 0) >= 1_000, "only what is beyond that counts");
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
    const child = start("loop", 60_000, 1_000);
    const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    assert.equal(signal, "SIGKILL");
    const { held } = await reportOf(start("quiet", 100));
    assert.equal(held.length, 1, "once, and not once for each start");
    assert.equal(held[0]?.path, "/holder");
    assert.equal(held[0]?.handler, "holder.loop");
    assert.match(held[0]?.note ?? "", OWN_FRAME);
    assert.deepEqual(held[0]?.message, { kind: "loop", forMs: 60_000, poison: "p-1" });
    const again = await reportOf(start("quiet", 100));
    assert.deepEqual(again.held, []);
  });
});
