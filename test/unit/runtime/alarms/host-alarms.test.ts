import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EndedWorker, RecycledWorker } from "../../../../protocols/host.ts";
import { hostWord } from "../../../../runtime/alarms/host-alarms.ts";

const ended = (atMs: number, kind: string): EndedWorker => ({
  number: 1,
  pid: 40 + atMs,
  atMs,
  lifeMs: 5,
  code: null,
  signal: "SIGKILL",
  kind,
  text: "killed from outside",
  advice: "look at dmesg",
});
const recycled = (atMs: number): RecycledWorker => ({
  number: 1,
  pid: 7,
  atMs,
  cause: "memory",
  text: "too large",
});

describe("what the host reports", () => {
  it("is an alarm when a worker has died, told once", () => {
    const report = { ended: [ended(30, "crashed"), ended(20, "crashed")], recycled: [] };
    const { calls, readUntilMs } = hostWord(report, 20, 1_000);
    assert.deepEqual(
      calls.map(({ key, severity, summary }) => [key, severity, summary]),
      [["worker.died:1", "critical", "worker 1 has died: killed from outside"]],
    );
    assert.equal(readUntilMs, 30);
    assert.deepEqual(hostWord(report, readUntilMs, 1_000).calls, []);
  });

  it("is none when a worker has ended as it should", () => {
    assert.deepEqual(hostWord({ ended: [ended(30, "expected")], recycled: [] }, 0, 1_000).calls, []);
  });

  it("is worth a look when a reload was refused, and then no worker has died", () => {
    const report = { ended: [ended(31, "refused")], recycled: [], refusedReloads: [{ atMs: 30, why: "no" }] };
    const { calls, readUntilMs } = hostWord(report, 0, 1_000);
    assert.deepEqual(
      calls.map(({ key, severity }) => [key, severity]),
      [["reload.refused", "warning"]],
    );
    assert.deepEqual(hostWord(report, readUntilMs, 1_000).calls, []);
  });

  it("is worth knowing when a worker was replaced because it was worn out", () => {
    const { calls } = hostWord({ ended: [ended(31, "expected")], recycled: [recycled(30)] }, 0, 1_000);
    assert.deepEqual(
      calls.map(({ key, severity }) => [key, severity]),
      [["worker.recycled:1", "notice"]],
    );
  });
});
