import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HostProcess, HostReport } from "../../../../../protocols/host.ts";
import { drawReport } from "../../../../../deploy/host/control/report-drawing.ts";

const NOW_MS = 100_000_000;
const MIB = 2 ** 20;
const memory = { rss: 80 * MIB, heapUsed: 0, heapTotal: 0, external: 0, arrayBuffers: 0 };
const host: HostProcess = {
  role: "host",
  number: 0,
  pid: 10,
  state: "serving",
  version: "1.0.0",
  startedAtMs: NOW_MS - 90_061_000,
  vitals: { memory, requests: 0, connections: 0, zombies: 0 },
  lastBeatMs: 0,
  bytesPerMinute: undefined,
};
const worker: HostProcess = {
  ...host,
  role: "worker",
  number: 1,
  pid: 11,
  startedAtMs: NOW_MS - 61_000,
  vitals: { memory, requests: 12, connections: 3, zombies: 0 },
  lastBeatMs: 500,
};
const report: HostReport = {
  processes: [host, worker],
  ended: [],
  recycled: [],
  doing: "serving",
  urls: { opsUrl: "http://127.0.0.1:9510", listeners: { web: "http://127.0.0.1:9501" } },
  restarts: 1,
  reloads: 0,
};

describe("the report of a host", () => {
  it("is a table of its processes, and where the node is", () => {
    assert.deepEqual(drawReport(report, NOW_MS).split("\n"), [
      "serving; 0 reloads, 1 restart",
      "",
      "process   pid  state    version  up     memory  connections  requests  last beat",
      "host      10   serving  1.0.0    1d 1h  80 MiB",
      "worker 1  11   serving  1.0.0    1m 1s  80 MiB  3            12        0s ago",
      "",
      "web        http://127.0.0.1:9501",
      "operators  http://127.0.0.1:9510",
    ]);
  });

  it("says how the latest workers ended, and what to do", () => {
    const ended = { number: 1, pid: 9, lifeMs: 0, code: null, signal: "SIGKILL", kind: "killed" };
    const drawn = drawReport(
      {
        ...report,
        urls: undefined,
        ended: [{ ...ended, atMs: NOW_MS - 5_000, text: "was killed", advice: "find out by whom" }],
        recycled: [
          { number: 1, pid: 8, atMs: NOW_MS - 9_000, cause: "requests", text: "it has served 9 requests" },
        ],
      },
      NOW_MS,
    );
    assert.match(
      drawn,
      /\nended, latest first:\n5s ago: worker 1 \(process 9\) was killed\n {4}find out by whom\n/,
    );
    assert.match(drawn, /\nrecycled 9s ago: process 8, it has served 9 requests$/);
  });

  it("shows a worker of which nothing is known yet", () => {
    const fresh: HostProcess = {
      ...worker,
      state: "starting",
      version: "",
      vitals: undefined,
      lastBeatMs: undefined,
    };
    assert.match(
      drawReport({ ...report, processes: [host, fresh] }, NOW_MS),
      /^worker 1 +11 +starting +1m 1s$/m,
    );
  });
});
