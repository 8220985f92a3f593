import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { holderOf, tellingOf } from "../../../../../runtime/supervision/watchdog/finding.ts";

const frame = (name: string, file: string) => ({ function: name, file, line: 7, id: name });

describe("who holds a loop", () => {
  it("is the innermost frame of the program's own code, whatever it calls of Node's", () => {
    const frames = [
      frame("(anonymous)", "node:internal/validators"),
      frame("now", "node:internal/perf/performance"),
      frame("holdTheLoop", "file:///app/holder.js"),
      frame("run", "file:///app/cell.js"),
    ];
    assert.equal(holderOf(frames), "holdTheLoop (file:///app/holder.js:7)");
  });

  it("is the innermost frame when none is the program's, and native code when there is none", () => {
    assert.equal(
      holderOf([frame("processTimers", "node:internal/timers")]),
      "processTimers (node:internal/timers:7)",
    );
    assert.equal(holderOf([]), "(native code)");
  });

  it("is looked for in the first sample that shows the program: between two calls only Node is at work", () => {
    const between = [frame("processTicksAndRejections", "node:internal/process/task_queues")];
    const within = [frame("existsSync", "node:fs"), frame("tickStorm", "file:///app/holder.js"), ...between];
    const later = [frame("anotherTick", "file:///app/holder.js"), ...between];
    assert.equal(tellingOf([between, within, later]), within);
    assert.equal(tellingOf([between, between]), between);
    assert.deepEqual(tellingOf([]), []);
  });
});
