import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostReport } from "../../../../protocols/host.ts";
import { startNode, workplace } from "../../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../../support/node-process.ts";

/** With the default of 15 s a pause of 30 s is twice what a worker may be silent: the same at a fifth of the time. */
const SILENT_AFTER_MS = 3_000;
const PAUSE_MS = 6_000;

let place: Workplace;
let node: NodeProcess;
before(async () => {
  place = workplace();
  node = await startNode(place.folder, ["--set", `host.silentAfterMs=${SILENT_AFTER_MS}`]);
});
after(async () => {
  await node.stop();
  place.remove();
});

describe("a machine that stood still, as a frozen virtual one does", () => {
  it("costs no worker its life and no actor a restart", async () => {
    const worker = node.workerPid();
    // A slow start is another matter.
    const earlier = node.process.stdout.length;
    const all = [node.process.child.pid ?? 0, worker];
    for (const pid of all) process.kill(pid, "SIGSTOP");
    await sleep(PAUSE_MS);
    for (const pid of all) process.kill(pid, "SIGCONT");
    // Whoever were blamed would be by now.
    await sleep(SILENT_AFTER_MS);
    const { processes, ended, restarts } = (await node.get("/v1/processes")).body as HostReport;
    assert.deepEqual([ended, restarts], [[], 0]);
    assert.ok(processes.some(({ pid }) => pid === worker));
    const { recent } = (await node.get("/v1/stalls")).body as { recent: unknown[] };
    assert.deepEqual(recent, []);
    const blame = /"event":"(worker\.(silent|died)|actor\.(stalled|failed)|loop\.blocked)"/;
    assert.doesNotMatch(node.process.stdout.slice(earlier), blame);
  });
});
