import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addHostMetrics } from "../../../../actors/ops/host-metrics.ts";
import { processRoutes } from "../../../../actors/ops/process-routes.ts";
import type { HostReport } from "../../../../protocols/host.ts";
import type { HostLink } from "../../../../runtime/host-link.ts";
import { Metrics } from "../../../../runtime/telemetry/metrics.ts";
import { opsCall } from "../../../support/ops-call.ts";

const MEMORY = { rss: 5_000, heapUsed: 1, heapTotal: 2, external: 3, arrayBuffers: 4 };
const OWN = { pid: 7, version: "1.2.3", startedAtMs: 100, vitals: { memory: MEMORY, zombies: 2 } };
const REPORT: HostReport = {
  processes: [
    {
      role: "worker",
      number: 3,
      pid: 9,
      state: "serving",
      version: "1.2.3",
      startedAtMs: 100,
      vitals: { memory: MEMORY, requests: 10, connections: 4, zombies: 0 },
      lastBeatMs: 300,
      bytesPerMinute: 60,
    },
  ],
  ended: [],
  recycled: [{ number: 2, pid: 8, atMs: 50, cause: "memorySize", text: "held 2 GiB" }],
  doing: "serving",
  urls: undefined,
  restarts: 1,
  reloads: 2,
};

const host = (report: HostReport | undefined): HostLink => ({
  report: () => report,
  ask: () => Promise.reject(new Error("nothing is asked here")),
  wantsRecycle: () => undefined,
});
const look = async (hostLink: HostLink | undefined) =>
  (await opsCall(processRoutes({ hostLink, own: () => OWN }), "GET", "/v1/processes")).body as {
    hasHost: boolean;
    processes: { role: string; pid: number }[];
    recycled: { text: string }[];
  };

describe("the processes", () => {
  it("are those that the host knows, with why workers were recycled", async () => {
    const { hasHost, processes, recycled } = await look(host(REPORT));
    assert.deepEqual([hasHost, processes.map(({ pid }) => pid)], [true, [9]]);
    assert.deepEqual(
      recycled.map(({ text }) => text),
      ["held 2 GiB"],
    );
  });

  it("are this one alone where there is no host, or before its first word", async () => {
    const alone = await look(undefined);
    assert.deepEqual(
      [alone.hasHost, alone.processes.map(({ role, pid }) => [role, pid])],
      [false, [["node", 7]]],
    );
    const early = await look(host(undefined));
    assert.deepEqual([early.hasHost, early.processes.map(({ role }) => role)], [true, ["worker"]]);
  });

  it("are counted for Prometheus", async () => {
    const metrics = new Metrics();
    addHostMetrics(metrics, host(REPORT));
    const text = await metrics.text();
    assert.match(text, /^banyan_worker_restarts_total 1$/m);
    assert.match(text, /^banyan_reloads_total 2$/m);
    assert.match(text, /^banyan_process_memory_bytes\{role="worker",number="3"\} 5000$/m);
  });

  it("have no numbers where there is no host", async () => {
    const metrics = new Metrics();
    addHostMetrics(metrics, undefined);
    assert.equal((await metrics.text()).trim(), "");
  });
});
