import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parsePs, parseStat, roleOf, workerTitle } from "../../../../../deploy/host/strays/process-facts.ts";
import type { BanyanProcess, ProcessRole } from "../../../../../deploy/host/strays/process-facts.ts";
import { judgeProcesses } from "../../../../../deploy/host/strays/stray-processes.ts";

const titles = { host: "banyan-host", worker: "banyan-worker 1", node: "banyan-node" };
const one = (pid: number, role: ProcessRole, more: Partial<BanyanProcess> = {}): BanyanProcess => ({
  pid,
  parentPid: 1,
  title: titles[role],
  role,
  state: "S",
  rssBytes: 1,
  startedAtMs: 0,
  folder: "/",
  dataDir: undefined,
  ...more,
});
/** Pid and verdict of each. */
const judged = (all: readonly BanyanProcess[], holder?: number) =>
  judgeProcesses(all, () => holder).map(({ pid, isStray, why }) => [pid, isStray, why]);

describe("the processes of banyan", () => {
  it("are known by their titles", () => {
    assert.equal(roleOf("banyan-host"), "host");
    assert.equal(roleOf("banyan-node"), "node");
    assert.equal(roleOf(workerTitle(12)), "worker");
    for (const title of ["node", "banyan", "banyan-host --x", "vi banyan-host", "banyan-worker"]) {
      assert.equal(roleOf(title), undefined, title);
    }
  });

  it("are read from /proc whatever their name holds", () => {
    const stat = "12 (a) b (c)) S 3 12 12 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 11 0 500 1 2";
    assert.deepEqual(parseStat(stat, 1_000), {
      name: "a) b (c)",
      state: "S",
      parentPid: 3,
      startedAtMs: 6_000,
    });
    assert.equal(parseStat("", 0), undefined);
    fc.assert(fc.property(fc.string(), (text) => void parseStat(text, 0)));
  });

  it("are read from ps where there is no /proc", () => {
    const text = [
      "    1     0 Ss   4096 12-03:04:05 /sbin/init",
      "  100     1 S   51200       01:05 banyan-host",
      "  101   100 T+  81920    02:00:00 banyan-worker 1   ",
      "",
    ].join("\n");
    assert.deepEqual(
      parsePs(text, 10_000_000).map(({ pid, parentPid, role, state, rssBytes, startedAtMs }) => [
        [pid, parentPid, role, state],
        [rssBytes, startedAtMs],
      ]),
      [
        [
          [100, 1, "host", "S"],
          [52_428_800, 9_935_000],
        ],
        [
          [101, 100, "worker", "T"],
          [83_886_080, 2_800_000],
        ],
      ],
    );
    const [old] = parsePs("7 1 S 1 1-00:00:01 banyan-node", 86_401_000);
    assert.equal(old?.startedAtMs, 0);
  });
});

describe("a stray of an earlier run", () => {
  it("is a worker whose host is gone", () => {
    assert.deepEqual(judged([one(9, "worker")]), [
      [9, true, "its host is gone (its parent is now 1): kill 9"],
    ]);
    const stopped = one(9, "worker", { state: "T" });
    assert.match(String(judged([stopped])[0]?.[2]), /kill -KILL 9$/);
  });

  it("is a host that another one has replaced, or whose data directory is gone", () => {
    const host = one(5, "host");
    const worker = one(6, "worker", { parentPid: 5, dataDir: "/data" });
    assert.deepEqual(judged([worker, host], 8), [
      [5, true, "process 8 holds /data now: kill 5"],
      [6, false, "works for host 5"],
    ]);
    assert.deepEqual(judged([host, worker])[0], [5, true, "its lock on /data is gone: kill 5"]);
  });

  it("is whatever has ended and was not collected, and its parent is to blame", () => {
    const host = one(5, "host", { state: "Z", parentPid: 3 });
    assert.deepEqual(judged([host, one(6, "worker", { parentPid: 5 })]), [
      [5, true, "has ended, and process 3 has not collected it: end that one"],
      [6, true, "its host is gone (its parent is now 5): kill 6"],
    ]);
  });

  it("is not what is at work, even when a signal has stopped it", () => {
    const host = one(5, "host", { state: "T" });
    const all = [host, one(6, "worker", { parentPid: 5, dataDir: "/data" }), one(7, "node")];
    assert.deepEqual(judged(all, 5), [
      [5, false, "holds /data; stopped by a signal: kill -CONT 5 lets it go on"],
      [6, false, "works for host 5"],
      [7, false, "its data directory is not known"],
    ]);
  });
});
