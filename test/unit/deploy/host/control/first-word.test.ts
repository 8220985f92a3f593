import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import { firstWord } from "../../../../../deploy/host/control/first-word.ts";
import type { StarterWord } from "../../../../../deploy/host/control/starter.ts";
import { VirtualClock } from "../../../../../runtime/time/virtual-clock.ts";

const WITHIN_MS = 1_000;
const SERVING: StarterWord = {
  kind: "serving",
  role: "host",
  pid: 7,
  urls: { opsUrl: "http://127.0.0.1:1", listeners: {} },
};

/** A start in the background that the test plays. */
class Start {
  readonly child = new EventEmitter();
  readonly clock = new VirtualClock();
  readonly word: Promise<StarterWord>;
  kills = 0;

  constructor() {
    const process = Object.assign(this.child, { pid: 7, kill: () => ++this.kills > 0 });
    const { clock } = this;
    this.word = firstWord(process as unknown as ChildProcess, {
      logFile: "/host.log",
      withinMs: WITHIN_MS,
      clock,
    });
  }
}

describe("the first word of a process in the background", () => {
  it("is what the start waits for, and then nothing ends the process any more", async () => {
    const start = new Start();
    start.clock.advance(WITHIN_MS - 1);
    start.child.emit("message", SERVING);
    assert.equal(await start.word, SERVING);
    start.clock.advance(WITHIN_MS);
    assert.equal(start.kills, 0);
  });

  it("comes in time, or the process is told to stop and the log says why", async () => {
    const start = new Start();
    start.clock.advance(WITHIN_MS - 1);
    assert.equal(start.kills, 0);
    start.clock.advance(1);
    await assert.rejects(start.word, {
      name: "Refusal",
      reason: "failed",
      message: "process 7 did not serve within 1000 ms and is told to stop; /host.log says why",
    });
    assert.equal(start.kills, 1);
  });

  for (const [code, signal, said] of [
    [3, null, "3"],
    [null, "SIGKILL", "SIGKILL"],
  ] as const) {
    it(`is not waited for when the process has ended with ${said}`, async () => {
      const start = new Start();
      start.child.emit("exit", code, signal);
      await assert.rejects(start.word, {
        message: `it has ended with ${said} before it served; /host.log says why`,
      });
      start.clock.advance(WITHIN_MS);
      assert.equal(start.kills, 0, "a process that is gone is left alone");
    });
  }

  it("is not waited for when there can be no process", async () => {
    const start = new Start();
    start.child.emit("error", new Error("spawn EAGAIN"));
    await assert.rejects(start.word, /EAGAIN/);
  });
});
